/** How long things took, however many: counted in steps of a tenth of a millisecond up to a minute. */
const STEP_MS = 0.1;
const STEPS = 600_000;

export class Times {
  readonly #counts = new Uint32Array(STEPS);
  #total = 0;

  add(ms: number): void {
    const step = Math.min(STEPS - 1, Math.max(0, Math.floor(ms / STEP_MS)));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total += 1;
  }

  /** NaN of none. `share`: 0.99 for what one in a hundred takes longer than. */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    let left = this.#total * share;
    const step = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return step * STEP_MS;
  }
}
