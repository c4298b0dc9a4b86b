/** Composes a graph folder, as `vendorgraph compose` does. */
import { runCompose } from '../../src/cli/compose-command.ts';

/** Throws with what the composer said when it fails. */
export async function composeGraph(graphDir: string): Promise<void> {
  const said: string[] = [];
  const exitCode = await runCompose({ graphDir, check: false, print: (line) => said.push(line) });
  if (exitCode !== 0) throw new Error(said.join('\n'));
}
