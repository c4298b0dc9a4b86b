/** GraphQL over HTTP and SSE by graphql-yoga, and the pipeline WebSocket operations share with it: which plugins, in which order. */
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { GraphContext } from '../graph/context.ts';
import type { Documents } from '../graph/documents.ts';
import type { Finisher } from '../graph/finish.ts';
import type { OperationArgs } from '../graph/operation-gate.ts';
import type { RunOperation } from '../graph/run-operation.ts';
import type { RunSubscription } from '../graph/run-subscription.ts';
import type { SavedDocuments } from '../graph/saved-documents.ts';
import { type AdmissionOptions, useAdmission } from './admission.ts';
import type { Callers, PipelineInput } from './caller.ts';
import { useDocuments } from './document-reader.ts';
import { useEventStream } from './event-stream.ts';
import { createGraphiql, type GraphiqlOptions } from './graphiql.ts';
import { useJsonOnly } from './json-only.ts';
import { type OperationContextOptions, useOperationContext } from './operation-context.ts';
import { useResultFinisher } from './result-finisher.ts';
import { useSavedOperations } from './saved-operation.ts';
import { useUnreadableParameters } from './unreadable-parameters.ts';

export const GRAPHQL_PATH = '/graphql';
/** Largest request body, bytes. */
export const MOST_BODY = 1_000_000;

export interface GraphqlOptions extends Finisher, AdmissionOptions, OperationContextOptions {
  documents: Documents;
  saved: SavedDocuments;
  run: RunOperation;
  /** Absent: the graph has no subscriptions. */
  subscribe?: RunSubscription;
  /** Between two looks at the credentials of open WebSockets. @default 20_000 */
  recheckMs?: number;
  /** Addresses and ranges whose X-Forwarded-For counts. @default none */
  trustedProxies?: readonly string[];
  /** GraphiQL for browsers; absent: none. */
  graphiql?: GraphiqlOptions | undefined;
}

export type GraphqlServer = YogaServerInstance<PipelineInput, GraphContext>;

export function createGraphqlServer(options: GraphqlOptions): GraphqlServer {
  const callers: Callers = new WeakMap();
  const graphiql = createGraphiql(options.graphiql);
  return createYoga<PipelineInput, GraphContext>({
    schema: options.graph.schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // No page of another origin is expected to ask; a company that wants one puts it behind the same origin.
    cors: false,
    batching: false,
    // Nothing takes uploads, and a multipart POST needs no preflight from a page of another origin.
    multipart: false,
    maxRequestBodySize: MOST_BODY,
    // A saved operation's, instead of a text.
    extraParamNames: ['documentId'],
    // Documents are kept by `documents`, which knows how large they may be.
    parserAndValidationCache: false,
    // Errors are masked where the request id is known: by `useResultFinisher`.
    maskedErrors: false,
    logging: false,
    ...graphiql.settings,
    plugins: [
      // Before anything is parsed: a caller we do not know costs nothing.
      useAdmission(options, callers),
      // No form and no text: nothing that a page of another origin may send unasked.
      useJsonOnly(),
      // What yoga cannot read is the caller's fault.
      useUnreadableParameters(),
      // An id instead of a text.
      useSavedOperations(options.saved, callers),
      // Limits before the parser, and before validation.
      useDocuments(options.documents, callers),
      // Fresh loaders, deadline and record for each operation.
      useOperationContext(options, callers),
      // Scopes, cost, quota, execution, masks: the same for every transport.
      useRun(options),
      // Every result passes it, those of refused requests too.
      useResultFinisher(options, callers),
      // A stream's cursors are the ids of its events.
      useEventStream(callers),
      graphiql.plugin,
    ],
  });
}

function useRun({ run, subscribe }: Pick<GraphqlOptions, 'run' | 'subscribe'>): Plugin<GraphContext> {
  return {
    onExecute({ setExecuteFn }) {
      // The context is the one made above.
      setExecuteFn((args) => run(args as OperationArgs));
    },
    onSubscribe({ setSubscribeFn }) {
      if (subscribe) setSubscribeFn((args) => subscribe(args as OperationArgs));
    },
  };
}
