type Lookup = () => Promise<unknown>;

/**
 * Whether any system knows somebody or something: the first is asked alone, the others, all at once, only when it does not
 * know. A system that fails cannot deny, so with a failure and no hit the answer is yes: what hangs on the failed
 * system is null with its error, and the rest is answered.
 */
export async function isKnown(first: Lookup, ...others: Lookup[]): Promise<boolean> {
  const [lead] = await Promise.allSettled([first()]);
  if (lead.status === 'fulfilled' && lead.value !== null) return true;
  const rest = await Promise.allSettled(others.map((lookup) => lookup()));
  return [lead, ...rest].some((answer) => answer.status === 'rejected' || answer.value !== null);
}
