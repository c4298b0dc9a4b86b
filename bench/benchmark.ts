/** What a benchmark is: it measures, prints, and ends what it started. A missed target is a line of text, never an exit code. */
export type Print = (text: string) => void;

export interface BenchOptions {
  /** How often everything is measured; each benchmark has a default of its own. */
  rounds: number | undefined;
  /** How long one measurement under load takes, where there is one. */
  seconds?: number | undefined;
  /** Which peers to compare with, where there is a choice. */
  peers?: readonly string[] | undefined;
  /** Where to begin, with what is drawn by lot. */
  seed?: number | undefined;
  print: Print;
}

/** An option that a benchmark does not take; the message says which ones it does. */
export class WrongOption extends Error {}

export type Benchmark = (options: BenchOptions) => Promise<void>;
