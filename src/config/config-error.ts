/** What is wrong in a file a person wrote: where it is, what stands there, what was expected, what to do. */
import { isAbsolute, relative } from 'node:path';

export interface ConfigProblem {
  file: string;
  /** Counted from 1. */
  line?: number | undefined;
  /** Counted from 1. */
  column?: number | undefined;
  /** Whose file it is about: `stripe`, `stripe invoices`. */
  subject?: string | undefined;
  /** A whole sentence or more: `Found "x", expected y. Do z.` */
  message: string;
}

/** `format()` is what the person at the terminal sees: one line for each problem, never a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly [ConfigProblem, ...ConfigProblem[]];

  constructor(first: ConfigProblem, ...others: ConfigProblem[]) {
    const problems = [first, ...others] as const;
    super(problems.map(formatProblem).join('\n'));
    this.problems = [...problems];
  }

  get file(): string {
    return this.problems[0].file;
  }

  get line(): number | undefined {
    return this.problems[0].line;
  }

  get column(): number | undefined {
    return this.problems[0].column;
  }

  format(): string {
    return this.message;
  }
}

/** Throws one error with all problems; returns when there is none. */
export function throwProblems(problems: readonly ConfigProblem[]): void {
  const [first, ...others] = problems;
  if (first !== undefined) throw new ConfigError(first, ...others);
}

/** Runs a step and returns its problems instead of throwing them, so that several files report at once. */
export function collectProblems(problems: ConfigProblem[], step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
}

/** The path as seen from the current folder, when it lies below it. */
export function displayPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

function formatProblem({ file, line, column, subject, message }: ConfigProblem): string {
  const place = [displayPath(file), line, column].filter((part) => part !== undefined).join(':');
  return `${place}  ${subject === undefined ? '' : `${subject}: `}${message}`;
}
