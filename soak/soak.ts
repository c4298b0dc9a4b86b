/** What a long run is: it prints how it goes, ends what it started, and says in the end what went wrong. */
export interface SoakOptions {
  /** How long one that runs by time takes, roughly; each has a default of its own. */
  minutes: number | undefined;
  /** How many of what one that counts tries; each has a default of its own. */
  count: number | undefined;
  /** Where to begin, with what is drawn by lot. */
  seed: number;
  print(line: string): void;
}

/** Resolves with what was wrong, one line each; to reject is as bad. */
export type Soak = (options: SoakOptions) => Promise<readonly string[]>;
