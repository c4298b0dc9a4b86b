/** What the calls of one operation have in common: who asks, how long it may take, how many they may be. */
import type { Principal } from '../auth/principal.ts';
import type { VendorName } from '../config/vendor-name.ts';
import { GatewayError } from '../errors.ts';
import type { CallScope, VendorAnswer, VendorCallRecord } from '../vendors/call-scope.ts';
import type { LeaveSignal } from '../vendors/leave-signal.ts';

export interface OperationScopeOptions {
  requestId: string;
  principal: Principal;
  /** Aborts when the caller leaves. */
  signal: LeaveSignal;
  /** Epoch milliseconds. */
  deadlineAt: number;
}

/** A class, since every operation has one: what it does is made once, and not with each. */
export class OperationScope implements CallScope {
  readonly requestId: string;
  readonly principal: string;
  readonly client: string;
  readonly signal: LeaveSignal;
  readonly deadlineAt: number;
  readonly reads = new Map<string, Promise<VendorAnswer>>();
  /** In the order they ended. */
  readonly calls: VendorCallRecord[] = [];
  /** Calls it may make, whatever was estimated. */
  mostCalls = Number.POSITIVE_INFINITY;
  onWrite: (() => void) | undefined;
  readonly #scopes: Principal['scopes'];
  #begun = 0;

  constructor({ requestId, principal, signal, deadlineAt }: OperationScopeOptions) {
    this.requestId = requestId;
    this.principal = principal.id;
    this.client = principal.client;
    this.signal = signal;
    this.deadlineAt = deadlineAt;
    this.#scopes = principal.scopes;
  }

  authorize(vendor: VendorName, access: 'read' | 'write'): void {
    const needed = `${vendor}:${access}`;
    if (!this.#scopes.has(needed)) throw missing(needed);
  }

  begin(access: 'read' | 'write'): void {
    this.#begun += 1;
    // A write was estimated for what it is, and one left out would leave half of something done.
    if (access === 'read' && this.#begun > this.mostCalls) throw tooManyCalls(this.mostCalls);
  }

  record(call: VendorCallRecord): void {
    this.calls.push(call);
  }
}

function tooManyCalls(most: number): GatewayError {
  const message = `The operation has made ${most} calls to vendors, which is all it may. Ask for less, or in several operations.`;
  return new GatewayError('LIMIT_EXCEEDED', message, { limit: 'cost', retryable: false });
}

function missing(scope: string): GatewayError {
  const message = `This needs the scope ${scope}, which your key does not have.`;
  return new GatewayError('SCOPE_MISSING', message, { scopes: [scope], retryable: false });
}
