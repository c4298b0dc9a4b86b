/** A company's own graph folder: a vendor the reference graph does not know, and nothing of the engine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCompose } from '../../src/cli/compose-command.ts';
import { createLog, type Gateway, readSettings, startGateway } from '../../src/index.ts';

const FILES: Readonly<Record<string, string>> = {
  '.meshrc.yaml': `
sources:
  - name: acme
    handler:
      openapi: { source: ./sources/acme/openapi.yaml, endpoint: https://api.acme.test/v1, ignoreErrorResponses: true }
    transforms:
      - vendor: ./sources/acme/vendor.yaml
additionalTypeDefs: []
merger: bare
`,
  'sources/acme/vendor.yaml': `
vendor: acme
title: Acme
role: anvils
endpoint: https://api.acme.test/v1
auth: { kind: apiKey, header: x-acme-key, key: secret://env/ACME_KEY }
limits: { concurrency: 2 }
errors: { message: [message] }
`,
  'sources/acme/openapi.yaml': `
openapi: 3.0.3
info: { title: Acme, version: '1' }
servers: [{ url: https://api.acme.test/v1 }]
paths:
  /anvils/{anvilId}:
    get:
      operationId: anvil
      summary: One anvil.
      parameters: [{ name: anvilId, in: path, required: true, schema: { type: string } }]
      responses:
        '200':
          description: The anvil.
          content: { application/json: { schema: { $ref: '#/components/schemas/Anvil' } } }
components:
  schemas:
    Anvil:
      title: Anvil
      type: object
      required: [weight]
      properties: { weight: { type: integer } }
`,
};

const dir = mkdtempSync(join(tmpdir(), 'own-graph-'));
const seen: { url: string | undefined; key: string | string[] | undefined }[] = [];
const vendor = createServer((request, response) => {
  seen.push({ url: request.url, key: request.headers['x-acme-key'] });
  response.setHeader('content-type', 'application/json').end('{"weight": 40}');
});
let gateway: Gateway;

beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const lines: string[] = [];
  expect([await runCompose({ graphDir: dir, check: false, print: (line) => lines.push(line) }), lines.join()]).toEqual([
    0,
    expect.stringContaining('composed.graphql'),
  ]);
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  const { port } = vendor.address() as AddressInfo;
  gateway = await startGateway({
    graphDir: dir,
    settings: readSettings({ PORT: '0', VENDORGRAPH_DATA_DIR: join(dir, '.data') }),
    log: createLog({ level: 'silent' }),
    sandbox: Promise.resolve({ urls: { acme: `http://127.0.0.1:${port}` }, credentials: { acme: { key: 'k-1' } } }),
  });
});
afterAll(async () => {
  await gateway.drain();
  await new Promise((resolve) => vendor.close(resolve));
  rmSync(dir, { recursive: true });
});

describe('a graph folder of its own', () => {
  it('is served by the same engine, under its own names and scopes', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer vg_demo_frontend' },
      body: JSON.stringify({ query: '{ acmeAnvil(id: "a 1") { __typename weight } }' }),
    });
    expect(await response.json()).toEqual({
      data: { acmeAnvil: { __typename: 'AcmeAnvil', weight: 40 } },
      extensions: { cost: { estimated: 1, actual: 1 } },
    });
    expect(seen).toEqual([{ url: '/v1/anvils/a%201', key: 'k-1' }]);
  });
});
