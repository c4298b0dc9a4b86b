/** `vendorgraph events repair`: after a restore. What the log holds is followed again; no cursor of before means anything. */
import { readSettings } from '../config/settings.ts';
import type { EventsGroup } from './events-group.ts';
import { openOperatorLog, operatorOf, type PlaceOptions, wrongOption } from './events-place.ts';

interface RepairCommandOptions extends PlaceOptions {
  reason?: string;
  yes?: true;
}

export function addRepair({ command, say, env }: EventsGroup): void {
  command('repair', 'after a restore: make the log usable, and have every cursor given before end with CURSOR_EXPIRED')
    .option('--reason <text>', 'why, for the record')
    .option('--yes', 'do it; no gateway may run on the log meanwhile')
    .action(async (options: RepairCommandOptions) => {
      if (!options.yes)
        throw wrongOption(
          '--yes',
          'Every subscriber will have to begin anew. Stop the gateways and add --yes to do it.',
        );
      const by = operatorOf(options.reason);
      const { databaseUrl } = readSettings(env);
      if (databaseUrl !== undefined) {
        const { repairPostgresLog } = await import('../events/postgres-repair.ts');
        await repairPostgresLog({ url: databaseUrl, by });
      } else {
        await using log = await openOperatorLog(options, env);
        await log.rollEpoch(by);
      }
      say(options.json, { repaired: true }, 'Repaired. Cursors given before end with CURSOR_EXPIRED.');
    });
}
