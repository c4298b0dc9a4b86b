/** Command line: names, options, help, and one way to say what went wrong. */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/config-error.ts';
import { readSettings } from '../config/settings.ts';
import { addAuditCommand } from './audit-command.ts';
import { addEventsCommand } from './events-command.ts';
import { addKeysCommand } from './keys-command.ts';
import { addReportCommand } from './report-command.ts';
import { runStart, type StartOptions } from './start-command.ts';

export interface CliParts {
  startGateway: StartOptions['startGateway'];
}

interface GraphOption {
  graph: string;
}

/** Resolves with the exit code: 0, or 1 with one message on standard error and never a stack. */
export async function runCli(args: readonly string[], parts: CliParts): Promise<number> {
  let exitCode = 0;
  const program = createProgram(parts, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`${error instanceof ConfigError ? error.format() : messageOf(error)}\n`);
    return 1;
  }
}

function createProgram({ startGateway }: CliParts, done: (exitCode: number) => void): Command {
  const program = new Command('vendorgraph')
    .description('One GraphQL graph over the REST APIs a company rents.')
    .exitOverride()
    .showHelpAfterError();
  withGraph(program.command('start'))
    .description('serve the graph')
    .option('--sandbox', 'start the emulated vendors and serve the graph over them')
    .action(async ({ graph, sandbox }: GraphOption & { sandbox?: true }) => {
      const settings = readSettings(process.env);
      done(
        await runStart({
          graphDir: graph,
          settings,
          sandbox: settings.sandbox ?? sandbox ?? false,
          env: process.env,
          print: (text) => process.stdout.write(`${text}\n`),
          startGateway,
        }),
      );
    });
  withGraph(program.command('compose'))
    .description('compile the graph folder into schema/composed.graphql')
    .option('--check', 'write nothing; fail when the file is stale')
    .action(async ({ graph, check }: GraphOption & { check?: true }) => {
      const { runCompose } = await import('./compose-command.ts');
      done(
        await runCompose({
          graphDir: graph,
          check: check ?? false,
          print: (text) => process.stdout.write(`${text}\n`),
        }),
      );
    });
  addReportCommand(program, (text) => process.stdout.write(`${text}\n`));
  addKeysCommand(program, (text) => process.stdout.write(`${text}\n`));
  addAuditCommand(program, { output: process.stdout, env: process.env, done });
  addEventsCommand(program, { output: process.stdout, env: process.env, done });
  return program;
}

function withGraph(command: Command): Command {
  return command.option('--graph <dir>', 'the graph folder', '.').exitOverride();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
