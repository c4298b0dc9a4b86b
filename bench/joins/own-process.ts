/** The benchmark's own programs as processes: in production mode, on any free port, told where the vendors are. */
import { join } from 'node:path';
import { baseEnv, ROOT, WARM } from '../environment.ts';
import { type MeasuredProcess, startMeasured } from '../measured-process.ts';

const FOLDER = join(ROOT, 'bench/joins');
export const GRAPH = join(FOLDER, 'graph');

/**
 * @param file below bench/joins; it prints `ready URL`, or is our gateway and logs its address.
 * @param flags Node's own.
 */
export function startOwn(
  file: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<MeasuredProcess> {
  return startMeasured({
    args: [...flags, join(FOLDER, file)],
    cwd: FOLDER,
    env: { ...baseEnv(), ...WARM, NODE_ENV: 'production', PORT: '0', ...env },
    ready: async (printed) =>
      /^ready (http\S+)$/m.exec(printed)?.[1] ?? /"url":"(http[^"]+)\/graphql"/.exec(printed)?.[1],
  });
}
