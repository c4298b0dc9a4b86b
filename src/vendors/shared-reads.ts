/** One call for identical reads of one operation: whoever asks second waits for, or is given, the first one's answer. */
import type { CallScope, VendorAnswer, VendorCallRecord, VendorRequest } from './call-scope.ts';

export function shareRead(
  request: VendorRequest,
  scope: CallScope,
  call: () => Promise<VendorAnswer>,
  record: (call: VendorCallRecord) => void,
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
    record({ vendor, operation, method, status, startedAt, endedAt, keys, cached: true, attempt: 1 });
  }
}

/** Headers count: the same URL may answer differently for another version or language. */
function keyOf({ vendor, method, target, headers, body }: VendorRequest, { principal }: CallScope): string {
  const content = body === undefined ? '' : typeof body === 'string' ? body : body.toString('base64');
  return `${principal}\n${vendor} ${method} ${target}\n${JSON.stringify(headers)}\n${content}`;
}
