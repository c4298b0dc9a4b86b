/**
 * The engine as a library: what programs that embed a gateway use, and what the join files of a graph folder are written
 * with (docs/joins.md).
 */

export { normaliseDomain, normaliseEmail } from './config/email-address.ts';
export { readSettings, type Settings } from './config/settings.ts';
export { ERROR_CODES, type ErrorCode, GatewayError } from './errors.ts';
export { type Gateway, type GatewayOptions, type SandboxAddresses, startGateway } from './gateway.ts';
export { emptyPage } from './joins/id-page.ts';
export type { Join, JoinContext, PageArguments } from './joins/join.ts';
export type { KeyedRead } from './joins/keyed-read.ts';
export {
  defineJoin,
  defineKeyedRead,
  type OwnJoin,
  type OwnJoinContext,
  type OwnKeyedRead,
} from './joins/own-join.ts';
export { searchLiteral } from './joins/search-literal.ts';
export { createLog } from './observe/log.ts';
export { createConnection } from './rest/connection.ts';
