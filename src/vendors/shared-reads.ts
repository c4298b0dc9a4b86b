/** One call for identical reads of one operation: whoever asks second waits for, or is given, the first one's answer. */
import type { CallScope, VendorAnswer, VendorCallRecord, VendorRequest } from './call-scope.ts';

export function shareRead(
  request: VendorRequest,
  scope: CallScope,
  record: (call: VendorCallRecord) => void,
  call: () => Promise<VendorAnswer>,
): Promise<VendorAnswer> {
  const key = keyOf(request, scope);
  const shared = scope.reads.get(key);
  if (shared !== undefined) return follow(shared, request, record);
  const own = call();
  scope.reads.set(key, own);
  return own;
}

async function follow(
  shared: Promise<VendorAnswer>,
  { vendor, operation, method, keys = 1 }: VendorRequest,
  record: (call: VendorCallRecord) => void,
): Promise<VendorAnswer> {
  const startedAt = performance.now();
  let status: number | null = null;
  try {
    const answer = await shared;
    status = answer.status;
    return answer;
  } finally {
    const endedAt = performance.now();
    record({
      vendor,
      operation,
      method,
      status,
      askedAt: startedAt,
      startedAt,
      endedAt,
      keys,
      cached: true,
      attempt: 1,
    });
  }
}

/**
 * Written like a request, which tells its parts apart: no part before the body can hold a line break. Headers count, since the
 * same URL may answer differently for another version or language; the operation, since it says how an answer is read.
 */
function keyOf({ vendor, operation, method, target, headers, body }: VendorRequest, { principal }: CallScope): string {
  let head = `${principal}\n${vendor} ${operation} ${method} ${target}\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\n`;
  return body === undefined ? head : `${head}\n${typeof body === 'string' ? body : body.toString('base64')}`;
}
