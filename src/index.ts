/** The engine as a library: what tests and programs that embed a gateway use. */
export { readSettings, type Settings } from './config/settings.ts';
export { ERROR_CODES, type ErrorCode } from './errors.ts';
export { type Gateway, type GatewayOptions, type SandboxAddresses, startGateway } from './gateway.ts';
export { createLog } from './observe/log.ts';
