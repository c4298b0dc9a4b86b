/** `Query.auditEvents`: the record of every use, from the gateway's own log. No vendor is called, so it costs nothing. */
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { type AuditEventsArgs, auditEventPageOf, auditQueryOf } from '../audit/audit-events.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { GatewayError } from '../errors.ts';
import { createConnection } from '../rest/connection.ts';
import type { GraphContext } from './context.ts';

/** Without a log the field answers INTERNAL. Leaves a schema without the field as it is. */
export function attachAuditEvents(schema: GraphQLSchema, log: AuditLog | undefined): void {
  const field = schema.getQueryType()?.getFields()['auditEvents'];
  if (!field) return;
  const resolve: GraphQLFieldResolver<unknown, GraphContext, AuditEventsArgs> = (_root, args) =>
    createConnection(async () => auditEventPageOf(await read(log, args)));
  field.resolve = resolve;
}

async function read(log: AuditLog | undefined, args: AuditEventsArgs) {
  if (log) return await log.read(auditQueryOf(args));
  throw new GatewayError('INTERNAL', 'This gateway keeps no audit log.', { retryable: false });
}
