/** `vendorgraph events replay`: subscribers get events once more, marked as replayed. */
import type { EventLog } from '../events/log.ts';
import { operatorOf, wrongOption } from './events-place.ts';
import { type QuestionOptions, questionOf } from './events-question.ts';

export interface ReplayOptions extends QuestionOptions {
  json?: true;
  dryRun?: true;
  yes?: true;
  reason?: string;
}

export interface ReplayResult {
  matched: number;
  /** 0 of a dry run. */
  replayed: number;
}

/** Throws ConfigError when nothing matches, and for what would happen without `--yes`. */
export async function runReplay(log: EventLog, options: ReplayOptions): Promise<ReplayResult> {
  const query = await questionOf(log, options);
  const matched = await log.count(query);
  if (matched === 0) throw wrongOption('replay', `Found no event in ${log.name} that matches.`);
  if (options.dryRun) return { matched, replayed: 0 };
  if (!options.yes) {
    const message = `Found ${matched} to replay, which subscribers will get once more. Add --yes to do it, or --dry-run only to count.`;
    throw wrongOption('--yes', message);
  }
  return { matched, replayed: await log.replay(query, operatorOf(options.reason)) };
}

export function replayLine({ matched, replayed }: ReplayResult, isDry: boolean): string {
  return isDry ? `${matched} would be replayed.` : `${replayed} replayed.`;
}
