/** Every object the emulator gives out, against our own description of Stripe. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { startSandbox } from '../../src/sandbox/sandbox.ts';

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

type Schemas = Record<string, Schema>;

const KINDS = {
  customers: 'Customer',
  subscriptions: 'Subscription',
  invoices: 'Invoice',
  charges: 'Charge',
  refunds: 'Refund',
  products: 'Product',
  prices: 'Price',
};

/** Where the value does not fit, in words. Fields the description leaves out are the vendor's right. */
function misfits(schemas: Schemas, schema: Schema, value: unknown, path: string): string[] {
  const target = schema.$ref ? schemas[schema.$ref.split('/').at(-1) ?? ''] : schema.allOf?.[0];
  if (value === null) return schema.nullable ? [] : [`${path} is null`];
  if (target !== undefined) return misfits(schemas, target, value, path);
  if (schema.enum && !schema.enum.includes(value)) return [`${path} is ${value}`];
  switch (schema.type) {
    case 'array':
      if (!Array.isArray(value)) return [`${path} is no array`];
      return value.flatMap((item) => misfits(schemas, schema.items ?? {}, item, `${path}[]`));
    case 'object': {
      const object = value as Record<string, unknown>;
      const lacking = (schema.required ?? [])
        .filter((name) => !(name in object))
        .map((name) => `${path}.${name} is missing`);
      const wrong = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
        name in object ? misfits(schemas, property, object[name], `${path}.${name}`) : [],
      );
      return typeof value === 'object' ? [...lacking, ...wrong] : [`${path} is no object`];
    }
    case 'integer':
      return Number.isSafeInteger(value) ? [] : [`${path} is ${value}`];
    default:
      return typeof value === schema.type ? [] : [`${path} is a ${typeof value}`];
  }
}

it.each(Object.entries(KINDS))('%s are as the description says', async (plural, title) => {
  const file = new URL('../../sources/stripe/openapi.yaml', import.meta.url);
  const { schemas } = (parse(await readFile(file, 'utf8')) as { components: { schemas: Schemas } }).components;
  await using sandbox = await startSandbox({ vendors: ['stripe'] });
  const headers = { authorization: `Bearer ${sandbox.credentials.stripe?.['token']}` };
  const answer = await fetch(`${sandbox.urls.stripe}/v1/${plural}?limit=100`, { headers });
  const { data } = (await answer.json()) as { data: unknown[] };
  expect(data.length).toBeGreaterThan(0);
  expect([...new Set(data.flatMap((row) => misfits(schemas, { $ref: title }, row, title)))]).toEqual([]);
});
