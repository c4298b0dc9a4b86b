/** The benchmark's own programs, and how they are told what to do. */
import { join } from 'node:path';
import { baseEnv, ROOT, WARM } from '../environment.ts';
import { type MeasuredProcess, startMeasured } from '../measured-process.ts';
import type { SendTask, Sent } from './sender.ts';
import type { Balance, BalanceTask, BeginTask, OpenTask } from './subscriber.ts';

const FOLDER = join(ROOT, 'bench/events');

export interface Programs extends AsyncDisposable {
  send(task: SendTask): Promise<Sent>;
  open(task: OpenTask): Promise<void>;
  begin(task: BeginTask): Promise<void>;
  balance(task: BalanceTask): Promise<Balance>;
  close(): Promise<void>;
}

export async function startPrograms(): Promise<Programs> {
  await using parts = new AsyncDisposableStack();
  const sender = parts.use(await startProgram('sender.ts'));
  const subscriber = parts.use(await startProgram('subscriber.ts'));
  const owned = parts.move();
  return {
    // Each answers what its program says it does.
    send: (task) => tell(sender.url, task) as Promise<Sent>,
    open: (task) => tell(`${subscriber.url}/open`, task) as Promise<void>,
    begin: (task) => tell(`${subscriber.url}/begin`, task) as Promise<void>,
    balance: (task) => tell(`${subscriber.url}/balance`, task) as Promise<Balance>,
    close: () => tell(`${subscriber.url}/close`, {}) as Promise<void>,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

function startProgram(file: string): Promise<MeasuredProcess> {
  return startMeasured({
    args: [join(FOLDER, file)],
    cwd: ROOT,
    env: { ...baseEnv(), ...WARM, NODE_ENV: 'production' },
    ready: async (printed) => /^ready (http\S+)$/m.exec(printed)?.[1],
  });
}

async function tell(url: string, task: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(task) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text);
}
