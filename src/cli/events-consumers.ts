/** `vendorgraph events consumers`: who keeps a place in the log, and how one is given up. */
import type { Consumer } from '../events/log.ts';
import type { EventsGroup } from './events-group.ts';
import { openOperatorLog, operatorOf, type PlaceOptions, wrongOption } from './events-place.ts';

interface ConsumersOptions extends PlaceOptions {
  remove?: string;
  principal?: string;
  reason?: string;
}

export function addConsumers({ command, say, env, done }: EventsGroup): void {
  command('consumers', 'list named consumers, or give one up')
    .option('--remove <name>', 'forget the place of this one, as it is listed …')
    .option('--principal <principal>', '… of this principal: its next subscription begins anew')
    .option('--reason <text>', 'why, for the record')
    .action(async ({ remove, principal, reason, ...options }: ConsumersOptions) => {
      if ((remove === undefined) !== (principal === undefined))
        throw wrongOption('--remove', 'Give --remove and --principal together.');
      await using log = await openOperatorLog(options, env);
      if (remove === undefined || principal === undefined) {
        const consumers = await log.consumers();
        return say(options.json, consumers.map(factsOf), consumers.map(lineOf).join('\n') || 'There are no consumers.');
      }
      const isGone = await log.removeConsumer(principal, remove, operatorOf(reason));
      say(options.json, { removed: isGone }, isGone ? 'Removed.' : 'There is no such consumer.');
      if (!isGone) done(1);
    });
}

function factsOf({ principal, name, updatedAt }: Consumer) {
  return { principal, name, movedAt: new Date(updatedAt).toISOString() };
}

function lineOf(consumer: Consumer): string {
  const { principal, name, movedAt } = factsOf(consumer);
  return `${movedAt}  ${principal}  ${name}`;
}
