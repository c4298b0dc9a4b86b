/** What each command under `vendorgraph events` is made with. */
import type { Writable } from 'node:stream';
import type { Command } from 'commander';

export interface EventsCommandParts {
  output: Writable;
  env: NodeJS.ProcessEnv;
  /** Told the exit code: 1 when something could not be done. */
  done(exitCode: number): void;
}

export interface EventsGroup extends EventsCommandParts {
  command(name: string, description: string): Command;
  /** JSON when it was asked for, else words. */
  say(json: true | undefined, value: unknown, words: string): void;
}

export function createEventsGroup(events: Command, parts: EventsCommandParts): EventsGroup {
  return {
    ...parts,
    command: (name, description) =>
      events
        .command(name)
        .description(description)
        .option('--graph <dir>', 'the graph folder', '.')
        .option('--data-dir <dir>', 'the data folder (default: VENDORGRAPH_DATA_DIR); DATABASE_URL goes before it')
        .option('--json', 'print JSON')
        .exitOverride(),
    say: (json, value, words) => void parts.output.write(`${json ? JSON.stringify(value) : words}\n`),
  };
}

/** Options that choose events by vendor and type. */
export function withFilter(command: Command): Command {
  return command
    .option('--vendor <vendor>', 'only of this vendor')
    .option(
      '--type <type...>',
      'only of these types, as the vendor calls them; a trailing * stands for whatever follows',
    );
}
