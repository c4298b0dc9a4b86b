export function compileCost(..._: unknown[]): (variables: Readonly<Record<string, unknown>>) => number {
  return () => 1;
}
