/** `vendorgraph audit verify|export`: both only read, take no lock, and work while a gateway writes. */
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import type { KnownHead } from '../audit/verify.ts';
import { ConfigError } from '../config/config-error.ts';
import { readSettings } from '../config/settings.ts';
import { verdictLine } from './audit-verdict.ts';
import { writeLines } from './write-lines.ts';

interface DataOption {
  dataDir?: string;
}

interface VerifyOptions extends DataOption {
  head?: KnownHead;
  json?: true;
}

interface ExportOptions extends DataOption {
  from?: Date;
  to?: Date;
  client?: string;
  hashes?: true;
}

export interface AuditCommandParts {
  output: Writable;
  env: NodeJS.ProcessEnv;
  /** Told the exit code: 1 when the log is not as it was written. */
  done(exitCode: number): void;
}

/** The parts that read the log are loaded when a command runs. */
export function addAuditCommand(program: Command, { output, env, done }: AuditCommandParts): void {
  const audit = program.command('audit').description('check and export the audit log').exitOverride();
  const command = (name: string, description: string): Command =>
    audit
      .command(name)
      .description(description)
      .option('--data-dir <dir>', 'the data folder (default: VENDORGRAPH_DATA_DIR)')
      .exitOverride();

  command('verify', 'find what was changed, cut out or cut off')
    .option('--head <seq:hash>', 'a head kept elsewhere, as the log output has it', parseHead)
    .option('--json', 'print JSON')
    .action(async ({ dataDir, head, json }: VerifyOptions) => {
      const { verifyAudit } = await import('../audit/verify.ts');
      const { folder, key } = placeOf(dataDir, env);
      const verdict = await verifyAudit({ dataDir: folder, key, head });
      output.write(`${json ? JSON.stringify(verdict) : verdictLine(verdict)}\n`);
      if (verdict.problem !== undefined) done(1);
    });
  command('export', 'print entries as JSON lines, oldest first')
    .option('--from <time>', 'at this time or later, ISO 8601', (text) => parseTime(text, '--from'))
    .option('--to <time>', 'before this time, ISO 8601', (text) => parseTime(text, '--to'))
    .option('--client <id>', "only this client's")
    .option('--hashes', 'with the hash in front of each line, as the log has it')
    .action(async ({ dataDir, from, to, client, hashes }: ExportOptions) => {
      const { exportAudit } = await import('../audit/export.ts');
      const { folder } = placeOf(dataDir, env);
      const lines = exportAudit({ dataDir: folder, filter: { from, to, client }, hashes: hashes ?? false });
      await writeLines(lines, output);
    });
}

function placeOf(given: string | undefined, env: NodeJS.ProcessEnv): { folder: string; key: string | undefined } {
  const { dataDir, auditKey } = readSettings(env);
  return { folder: resolve(given ?? dataDir), key: auditKey };
}

function parseHead(text: string): KnownHead {
  const [, seq, hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined) return { seq: Number(seq), hash };
  throw wrongOption('--head', text, 'a number, a colon and 64 hexadecimal digits, as "audit log head" shows it');
}

function parseTime(text: string, option: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw wrongOption(option, text, 'a time such as 2026-01-31 or 2026-01-31T09:00:00Z');
}

function wrongOption(option: string, found: string, expected: string): ConfigError {
  return new ConfigError({ file: 'command line', subject: option, message: `Found "${found}", expected ${expected}.` });
}
