/**
 * Takes one step of a lead so that it has its effect once, wherever the app is killed: the start is written down, the vendor
 * is asked whether the effect is there already, and only then it is made. What looks and what makes is the step's own file.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoint } from './failpoint.ts';
import { GraphError } from './graph.ts';
import type { Journal, Outcome } from './journal.ts';
import type { Lead } from './lead.ts';
import { settings } from './settings.ts';

/** Before a read, or anything without an effect, is tried again. */
const PAUSE_MS = 1_000;

export interface Step<Result> {
  name: string;
  /** The effect, when an earlier try had it. Absent: the step has none, and may be taken again at any time. */
  find?(lead: Lead): Promise<Result | undefined>;
  take(lead: Lead): Promise<Result>;
  /** One line for whoever watches; nothing personal. */
  tell(result: Result): string;
}

/** Resolves with the result, of this run or an earlier one; undefined when the vendor refused for good. */
export async function takeStep<Result>(journal: Journal, lead: Lead, step: Step<Result>): Promise<Result | undefined> {
  const known = journal.outcome(lead.id, step.name);
  // The journal holds what `take` answered.
  if (known && 'done' in known) return known.done as Result;
  const begunAt = journal.begunAt(lead.id, step.name);
  if (begunAt === undefined) journal.begin(lead.id, step.name);
  else if (step.find) await sleep(begunAt + settings.settleMs - Date.now());
  await failpoint(`${step.name}:begun`);

  const outcome = await tryUntilKnown(lead, step);
  await failpoint(`${step.name}:before-journal`);
  journal.end(lead.id, step.name, outcome);
  await failpoint(`${step.name}:after-journal`);
  const result = 'done' in outcome ? outcome.done : undefined;
  const told = result === undefined ? 'refused, tried again at the next start' : step.tell(result);
  process.stdout.write(`lead ${lead.id}  ${step.name.padEnd(8)}  ${told}\n`);
  return result;
}

/** A refusal is an outcome; any other failure is tried again, as long as it takes. */
async function tryUntilKnown<Result>(
  lead: Lead,
  step: Step<Result>,
): Promise<{ done: Result } | Exclude<Outcome, { done: unknown }>> {
  for (;;) {
    try {
      return { done: (await step.find?.(lead)) ?? (await step.take(lead)) };
    } catch (error) {
      if (!(error instanceof GraphError) || error.isFinal) throw error;
      process.stderr.write(`lead ${lead.id}  ${step.name}: ${error.code}\n`);
      if (error.isRefusal) return { refused: error.code };
      // A call whose answer got lost may still have its effect: look for it when that is decided.
      await sleep(step.find ? settings.settleMs : PAUSE_MS);
    }
  }
}
