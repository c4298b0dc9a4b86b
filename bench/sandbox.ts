/** The sandbox by itself. */
import { baseEnv, ROOT, WARM } from './environment.ts';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';

/** Ready when all eight vendors listen: only then does it print their addresses. */
export function startSandboxAlone(env: Readonly<Record<string, string>> = WARM): Promise<MeasuredProcess> {
  return startMeasured({
    args: ['src/sandbox/main.ts'],
    cwd: ROOT,
    env: { ...baseEnv(), SANDBOX_PORT: '0', ...env },
    ready: async (printed) => /^control +(http\S+)$/m.exec(printed)?.[1],
  });
}
