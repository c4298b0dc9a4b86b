/** What the handlers of contacts, companies and deals share. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import type { Errors } from './sandbox-errors.ts';
import type { ObjectType } from './sandbox-properties.ts';
import type { CrmState } from './sandbox-state.ts';
import type { Change } from './sandbox-webhooks.ts';

export interface Crm {
  state: CrmState;
  errors: Errors;
  /** Of those who can own an object. */
  ownerIds: ReadonlySet<string>;
  now(): number;
  recordWrite(write: { operation: string; id: string; data: unknown }): void;
  /** Sends the webhook of a write. */
  tell(changes: readonly Change[]): void;
}

export type Handler = (type: ObjectType, request: EmulatorRequest, crm: Crm) => EmulatorResponse;
