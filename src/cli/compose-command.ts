/** `vendorgraph compose [--check] [--graph DIR]`. */
import { ConfigError } from '../config/config-error.ts';

export interface ComposeCommand {
  graphDir: string;
  /** Compares instead of writing. */
  check: boolean;
  print(line: string): void;
}

/** The exit code. What a person must correct is printed, one line each; the last good files stay as they are. */
export async function runCompose({ graphDir, check, print }: ComposeCommand): Promise<0 | 1> {
  try {
    // Only here, so that a running gateway never loads Mesh.
    const [{ compose }, { describeArtefact, staleness, writeArtefact }] = await Promise.all([
      import('../compose/compose.ts'),
      import('../compose/artefact.ts'),
    ]);
    const artefacts = await compose({ graphDir, print });
    const stale = check ? artefacts.flatMap(staleness) : [];
    if (stale[0] !== undefined) throw new ConfigError(stale[0], ...stale.slice(1));
    for (const artefact of artefacts) {
      if (!check) writeArtefact(artefact);
      print(`${check ? 'up to date' : 'wrote'} ${describeArtefact(artefact)}`);
    }
    return 0;
  } catch (error) {
    for (const line of describe(error).split('\n')) print(line);
    return 1;
  }
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.format();
  return `Composing failed: ${error instanceof Error ? error.message : String(error)}`;
}
