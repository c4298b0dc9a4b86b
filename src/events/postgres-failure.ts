/** What may be said of a failure of Postgres: a message of the server may quote a row, and a row holds personal data. */
import { GatewayError } from '../errors.ts';

/** Connection, authorisation, resources, intervention, system: messages of these classes name no row. */
const SAFE_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '42', '53', '55', '57', '58']);
/** Deadlock, no serialisation, lock not to be had in time: the same again may succeed at once. */
const PASSING: ReadonlySet<string> = new Set(['40P01', '40001', '55P03']);
/** Data, constraints, limits of the program: the fault of what was to be stored, not of the store. */
const OF_THE_DATA: ReadonlySet<string> = new Set(['22', '23', '54']);

/** Five characters; undefined when it was not the server that spoke. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the connection can go on after a rollback. */
export function leavesConnection(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !/^(08|57P|XX)/.test(state);
}

export function isPassing(error: unknown): boolean {
  return error instanceof KeyVanished || PASSING.has(sqlState(error) ?? '');
}

export function isOfTheData(error: unknown): boolean {
  return OF_THE_DATA.has((sqlState(error) ?? '').slice(0, 2));
}

/** A dedupe key was there and was then gone: retention took it in between. */
export class KeyVanished extends Error {
  override readonly name = 'KeyVanished';
}

/** For a log line or a `cause`: never a row, never a credential. */
export function describeFailure(error: unknown): string {
  const state = sqlState(error);
  if (state === undefined) return describeOther(error);
  const text = SAFE_CLASSES.has(state.slice(0, 2)) && error instanceof Error ? `: ${error.message}` : '';
  return `Postgres answered ${state}${text}`;
}

/** Errors of the network have no message when several addresses were tried; those of `new URL` hold the URL. */
function describeOther(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ERR_INVALID_URL') return code;
  return error.message === '' ? code || error.name : error.message;
}

/** What a caller gets: INTERNAL, retryable. */
export function storeFailure(error: unknown, message = 'The event log does not answer.'): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('INTERNAL', message, { retryable: true, cause: new Error(describeFailure(error)) });
}
