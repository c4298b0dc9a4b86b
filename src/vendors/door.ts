/**
 * The only way to a vendor. Every call passes the same policies in the same order: may this principal ask → is this
 * the operation's URL → is the same read under way → has the operation calls left → a free place → the credential → the deadline → the network → again?
 */
import type { VendorConfig } from '../config/vendor.ts';
import type { VendorName } from '../config/vendor-name.ts';
import { GatewayError } from '../errors.ts';
import type { AttemptCall } from './attempt.ts';
import type { CallScope, VendorAnswer, VendorCallRecord, VendorRequest } from './call-scope.ts';
import type { NoteAnswer } from './clock-skew.ts';
import { createLane, type Lane } from './lane.ts';
import { shareRead } from './shared-reads.ts';

export interface VendorConnection {
  config: VendorConfig;
  /** Base URL calls go to: `config.endpoint`, or the sandbox's. */
  endpoint: string;
  /** Headers that carry the credential. Throws CONNECTION_MISSING when there is none. */
  authorize(): Record<string, string>;
}

export interface VendorDoorOptions {
  connections: ReadonlyMap<VendorName, VendorConnection>;
  /** Epoch milliseconds. @default Date.now */
  now?: () => number;
  /** Told of every attempt that ended, shared ones included, for metrics and logs. */
  onCall?: (call: VendorCallRecord) => void;
  /** Shown every answer of a vendor, as it came. */
  onAnswer?: NoteAnswer;
}

export interface VendorDoor extends AsyncDisposable {
  /** Resolves with the vendor's answer whatever its status; rejects with a GatewayError when none came. */
  send(request: VendorRequest, scope: CallScope): Promise<VendorAnswer>;
}

export function createVendorDoor({ connections, now = Date.now, onCall, onAnswer }: VendorDoorOptions): VendorDoor {
  const lanes = new Map<VendorName, Lane>();
  for (const [vendor, connection] of connections) {
    const { config, endpoint } = connection;
    lanes.set(vendor, createLane({ config, endpoint, authorize: () => connection.authorize(), now }));
  }

  const carry = (lane: Lane, path: string, request: VendorRequest, scope: CallScope): Promise<VendorAnswer> => {
    const record = (call: VendorCallRecord): void => {
      scope.record(call);
      onCall?.(call);
    };
    if (request.access === 'write') return write({ lane, path, request, scope, record, onAnswer });
    return shareRead(request, scope, record, () => {
      scope.begin?.('read');
      return lane.carry({ request, path, scope, record, onAnswer });
    });
  };

  // No promise around the lane's own: calls to vendors are what a request is made of.
  const send = (request: VendorRequest, scope: CallScope): Promise<VendorAnswer> => {
    try {
      scope.authorize(request.vendor, request.access);
      const lane = lanes.get(request.vendor);
      if (lane === undefined) throw unconnected(request);
      return carry(lane, lane.guard(request), request, scope);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  return {
    send,
    async [Symbol.asyncDispose]() {
      await Promise.all(Array.from(lanes.values(), (lane) => lane[Symbol.asyncDispose]()));
    },
  };
}

interface Write extends AttemptCall {
  lane: Lane;
}

async function write({ lane, ...call }: Write): Promise<VendorAnswer> {
  const { scope } = call;
  try {
    scope.begin?.('write');
    return await lane.carry(call);
  } finally {
    // What was read before the write may no longer be true.
    scope.reads.clear();
    scope.onWrite?.();
  }
}

function unconnected({ vendor, operation }: VendorRequest): GatewayError {
  return new GatewayError('CONNECTION_MISSING', `There is no connection to ${vendor}.`, {
    vendor,
    operation,
    retryable: false,
  });
}
