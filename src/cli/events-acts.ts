/** The commands under `vendorgraph events` that append: replay and redrive. The log keeps a record of both. */
import type { DeadLetter, EventLog } from '../events/log.ts';
import { type EventsGroup, withFilter } from './events-group.ts';
import { configsOf, openOperatorLog, operatorOf, type PlaceOptions, vendorsOf, wrongOption } from './events-place.ts';
import { parseTime } from './events-question.ts';
import { type ReplayOptions, replayLine, runReplay } from './events-replay.ts';

interface RedriveCommandOptions extends PlaceOptions {
  all?: true;
  vendor?: string;
  dryRun?: true;
  partly?: true;
  yes?: true;
  reason?: string;
}

/** Dead letters one command may redrive. */
const MOST_LETTERS = 10_000;

export function addActs(group: EventsGroup): void {
  addReplay(group);
  addRedrive(group);
}

function addReplay({ command, say, env }: EventsGroup): void {
  withFilter(command('replay', 'give events to subscribers once more'))
    .option('--id <id...>', 'these')
    .option('--after <place>', 'those behind this event or cursor …')
    .option('--until <place>', '… up to and with this one')
    .option('--from <time>', 'received at this time or later, ISO 8601', (text) => parseTime(text, '--from'))
    .option('--to <time>', 'received before this time, ISO 8601', (text) => parseTime(text, '--to'))
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'only count')
    .option('--yes', 'do it')
    .action(async (options: ReplayOptions) => {
      await using log = await openOperatorLog(options, env);
      const result = await runReplay(log, options);
      say(options.json, result, replayLine(result, options.dryRun ?? false));
    });
}

function addRedrive({ command, say, env, done }: EventsGroup): void {
  command('redrive [id]', 'make events of dead letters, with the configuration of today')
    .option('--all', 'all of a vendor')
    .option('--vendor <vendor>', 'whose, with --all')
    .option('--partly', 'of a body with several elements take what can be read, and give the rest up')
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'do it, with --all')
    .action(async (id: string | undefined, options: RedriveCommandOptions) => {
      const { redrive, redriveLine } = await import('./events-redrive.ts');
      const { reason, dryRun = false, partly = false, json } = options;
      checkWhich(id, options);
      await using log = await openOperatorLog(options, env);
      const letters = await lettersOf(log, id, options);
      const parts = { configOf: await configsOf(options), by: operatorOf(reason), dryRun, partly, now: Date.now };
      for (const letter of letters) {
        const result = await redrive(log, letter, parts);
        say(json, result, redriveLine(result));
        if (result.outcome === 'still_dead') done(1);
      }
    });
}

function checkWhich(id: string | undefined, { all, vendor, graph }: RedriveCommandOptions): void {
  if ((id === undefined) === (all === undefined) || (all && vendor === undefined))
    throw wrongOption('redrive', 'Expected either the id of a dead letter, or --all with --vendor.');
  if (vendor !== undefined) vendorsOf({ graph }, vendor);
}

async function lettersOf(
  log: EventLog,
  id: string | undefined,
  { vendor, dryRun, yes }: RedriveCommandOptions,
): Promise<DeadLetter[]> {
  const query = id === undefined ? { ...(vendor && { vendor }) } : { id, all: true };
  const letters = await log.deadLetters(query, MOST_LETTERS);
  if (letters.length === 0)
    throw wrongOption(
      'redrive',
      `Found no such dead letter in ${log.name}. See vendorgraph events dead-letters --all.`,
    );
  if (id === undefined && !dryRun && !yes) {
    const message = `Found ${letters.length} to redrive. Add --yes to do it, or --dry-run to see what comes of them.`;
    throw wrongOption('--yes', message);
  }
  return letters.toReversed();
}
