/** The commands under `vendorgraph events` that only look: tail, show, dead-letters, verify-signature. */
import { Option } from 'commander';
import type { DeadLetterReason } from '../events/delivery.ts';
import { type EventsGroup, withFilter } from './events-group.ts';
import { letterFacts, letterTable, parseReason } from './events-letters.ts';
import { configsOf, openOperatorLog, type PlaceOptions, vendorsOf } from './events-place.ts';
import { type FilterOptions, filterOf, parseCount, parseTime } from './events-question.ts';
import type { SignatureOptions } from './events-signature.ts';
import { tailLines } from './events-tail.ts';
import { writeLines } from './write-lines.ts';

interface TailCommandOptions extends FilterOptions {
  follow?: boolean;
  limit: number;
  json?: boolean;
}

interface LetterOptions extends PlaceOptions {
  vendor?: string;
  reason?: DeadLetterReason;
  all?: boolean;
  limit: number;
}

export function addLooks(group: EventsGroup): void {
  addTail(group);
  addShow(group);
  addDeadLetters(group);
  addVerifySignature(group);
}

function addTail({ command, output, env }: EventsGroup): void {
  withFilter(command('tail', 'print the newest events, without their bodies'))
    .option('--limit <n>', 'how many of those that are there', (text) => parseCount(text, '--limit'), 20)
    .option('--follow', 'go on with those that come')
    .action(async ({ limit, follow = false, json = false, ...options }: TailCommandOptions) => {
      const filter = filterOf(options);
      await using log = await openOperatorLog(options, env);
      const gone = untilSignal();
      await writeLines(tailLines(log, { filter, limit, follow, json, signal: gone.signal }), output, gone);
    });
}

/** Ctrl+C ends what follows. */
function untilSignal(): AbortController {
  const gone = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => gone.abort());
  return gone;
}

function addShow({ command, say, output, env }: EventsGroup): void {
  command('show <id>', 'print one event or one delivery, values of its body hidden')
    .option('--raw', 'print its very bytes, personal data included')
    .action(async (id: string, options: PlaceOptions & { raw?: true }) => {
      const { rawRecord, recordText, showRecord } = await import('./events-show.ts');
      const question = { id, filter: filterOf({ graph: options.graph }) };
      await using log = await openOperatorLog(options, env);
      if (options.raw) return void output.write(await rawRecord(log, question));
      const record = await showRecord(log, { ...question, configOf: await configsOf(options) });
      say(options.json, record, recordText(record));
    });
}

function addDeadLetters({ command, say, env }: EventsGroup): void {
  command('dead-letters', 'list what was authentic and could not become an event')
    .option('--vendor <vendor>', 'only of this vendor')
    .addOption(new Option('--reason <reason>', 'only those with this reason').argParser(parseReason))
    .option('--all', 'those that were redriven, too')
    .option('--limit <n>', 'at most so many, newest first', (text) => parseCount(text, '--limit'), 100)
    .action(async ({ vendor, reason, all = false, limit, ...options }: LetterOptions) => {
      if (vendor !== undefined) vendorsOf(options, vendor);
      await using log = await openOperatorLog(options, env);
      const letters = await log.deadLetters({ ...(vendor && { vendor }), ...(reason && { reason }), all }, limit);
      const words = letters.length === 0 ? 'There are no dead letters.' : letterTable(letters);
      say(options.json, letters.map(letterFacts), words);
    });
}

function addVerifySignature({ command, say, env, done }: EventsGroup): void {
  command('verify-signature', 'say why a copied delivery verifies, or does not')
    .requiredOption('--vendor <vendor>', 'who signed it')
    .requiredOption('--headers <file>', 'its headers, "Name: value" on each line')
    .requiredOption('--body <file>', 'its body, byte by byte')
    .option('--url <url>', 'where the vendor sent it (default: VENDORGRAPH_PUBLIC_URL and /webhooks/<vendor>)')
    .option('--at <time>', 'when it came, ISO 8601 (default: now)', (text) => parseTime(text, '--at'))
    .action(async (options: SignatureOptions) => {
      const { runVerifySignature } = await import('./events-signature.ts');
      const answer = runVerifySignature(options, env);
      say(options.json, answer, answer.lines.join('\n'));
      if (!answer.ok) done(1);
    });
}
