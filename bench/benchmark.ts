/** What a benchmark is: it measures, prints, and ends what it started. A missed target is a line of text, never an exit code. */
export interface BenchOptions {
  /** How often everything is measured; each benchmark has a default of its own. */
  rounds: number | undefined;
  print(text: string): void;
}

export type Benchmark = (options: BenchOptions) => Promise<void>;
