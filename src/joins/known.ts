import { GatewayError } from '../errors.ts';

type Lookup = () => Promise<unknown>;

/**
 * Whether any system knows somebody or something. Each wave of look-ups is asked at once, and only when nobody in the waves
 * before knew: put first who knows most, last who is dear to ask. A system that fails cannot deny, so with a failure and no
 * hit the answer is yes: what hangs on the failed system is null with its error, and the rest is answered. Systems the
 * caller may not see count only when it may see none of them. Throws when the operation may make no further call.
 */
export async function isKnown(...waves: readonly (readonly Lookup[])[]): Promise<boolean> {
  const failures: unknown[] = [];
  let denied = false;
  for (const wave of waves) {
    const answers = await Promise.allSettled(wave.map((lookup) => lookup()));
    if (answers.some((answer) => answer.status === 'fulfilled' && answer.value !== null)) return true;
    denied ||= answers.some((answer) => answer.status === 'fulfilled');
    failures.push(...answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : [])));
  }
  // Whoever may ask no further has not been told.
  for (const reason of failures) if (isOutOfCalls(reason)) throw reason;
  return failures.some((reason) => !isNoKey(reason) && !(denied && isOutOfScope(reason)));
}

/** An address that a system cannot even be asked for, such as one with a slash where it would be a path, is nobody's there. */
export function isNoKey(reason: unknown): boolean {
  return reason instanceof GatewayError && reason.code === 'BAD_USER_INPUT';
}

export function isOutOfScope(reason: unknown): boolean {
  return reason instanceof GatewayError && reason.code === 'SCOPE_MISSING';
}

function isOutOfCalls(reason: unknown): boolean {
  return reason instanceof GatewayError && reason.code === 'LIMIT_EXCEEDED' && reason.details.limit === 'cost';
}

/** Null for what the caller may not see: whoever asks several systems in turn goes on with the next. Other failures stay. */
export function unlessOutOfScope<Row>(row: Promise<Row | null>): Promise<Row | null> {
  return row.catch((reason: unknown) => {
    if (isOutOfScope(reason)) return null;
    throw reason;
  });
}
