type Lookup = () => Promise<unknown>;

/**
 * Whether any system knows somebody or something. Each wave of look-ups is asked at once, and only when nobody in the waves
 * before knew: put first who knows most, last who is dear to ask. A system that fails cannot deny, so with a failure and no
 * hit the answer is yes: what hangs on the failed system is null with its error, and the rest is answered.
 */
export async function isKnown(...waves: readonly (readonly Lookup[])[]): Promise<boolean> {
  let failed = false;
  for (const wave of waves) {
    const answers = await Promise.allSettled(wave.map((lookup) => lookup()));
    if (answers.some((answer) => answer.status === 'fulfilled' && answer.value !== null)) return true;
    failed ||= answers.some(({ status }) => status === 'rejected');
  }
  return failed;
}
