/** An open load in a process of its own, so that it takes no turn of whoever measures beside it: an `OpenLoad` as JSON in, an `Answered` out. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Answered, type OpenLoad, runOpenLoad } from './open-load.ts';

export async function runOpenLoadApart(load: OpenLoad): Promise<Answered> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    fileURLToPath(import.meta.url),
    JSON.stringify(load),
  ]);
  return JSON.parse(stdout) as Answered;
}

const [, program, task] = process.argv;
if (program === fileURLToPath(import.meta.url) && task !== undefined)
  process.stdout.write(JSON.stringify(await runOpenLoad(JSON.parse(task) as OpenLoad)));
