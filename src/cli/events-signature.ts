/** `vendorgraph events verify-signature`: why a delivery that was copied from somewhere verifies, or does not. */
import { existsSync, readFileSync } from 'node:fs';
import { throwProblems } from '../config/config-error.ts';
import { readGraphFolder } from '../config/graph-folder.ts';
import { readSettings } from '../config/settings.ts';
import { createSecretReader } from '../secrets/secret.ts';
import { explainSignature, parseHeaders, type SignatureAnswer } from '../webhooks/explain-signature.ts';
import { resolveWebhooks } from '../webhooks/resolve-webhooks.ts';
import { vendorsOf, wrongOption } from './events-place.ts';

export interface SignatureOptions {
  graph: string;
  vendor: string;
  /** Files. */
  headers: string;
  body: string;
  url?: string;
  at?: Date;
  json?: true;
}

/** Reads the vendor's secrets where vendor.yaml says they are. Throws ConfigError when they are not there. */
export function runVerifySignature(options: SignatureOptions, env: NodeJS.ProcessEnv): SignatureAnswer {
  const { graph, vendor, at = new Date() } = options;
  vendorsOf(options, vendor);
  const sources = readGraphFolder(graph).sources.filter((source) => source.vendor === vendor);
  const { webhooks, problems } = resolveWebhooks({ sources, readSecret: createSecretReader({ env }) });
  throwProblems(problems);
  const webhook = webhooks.get(vendor);
  if (webhook === undefined)
    throw wrongOption('--vendor', `Found ${vendor}, which has no webhook block in vendor.yaml.`);
  return explainSignature({
    webhook,
    headers: parseHeaders(readInput('--headers', options.headers).toString('utf8')),
    body: readInput('--body', options.body),
    url: options.url ?? `${readSettings(env).publicUrl ?? ''}/webhooks/${vendor}`,
    now: at.getTime(),
  });
}

function readInput(option: string, path: string): Buffer {
  if (!existsSync(path)) throw wrongOption(option, `Found no file ${path}.`);
  return readFileSync(path);
}
