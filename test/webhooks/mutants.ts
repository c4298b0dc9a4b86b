/**
 * Genuine deliveries, each changed in one way that nobody without the secret can make up for. None may verify. For a soak:
 * `runMutants({ count: 100_000, seed })`.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { SignedRequest } from '../../src/webhooks/scheme.ts';
import { verifyDelivery } from '../../src/webhooks/verify.ts';
import { NOW, SIGNERS, type Signer, URL_OF_GATEWAY } from './signers.ts';
import { webhookOf } from './webhook-of.ts';

export interface MutantOptions {
  count: number;
  seed: number;
}

export interface MutantReport {
  tried: number;
  /** How many of each kind. */
  kinds: Record<string, number>;
  /** By reason. */
  refused: Record<string, number>;
  /** Must be empty: what was changed, and for which scheme. */
  accepted: string[];
}

interface Genuine {
  signer: Signer;
  body: string;
  request: SignedRequest;
}

interface Mutant {
  request: SignedRequest;
  /** When it arrives. @default NOW */
  now?: number;
}

type Random = (below: number) => number;

/** Undefined: this change cannot be made to that delivery. */
type Mutation = (genuine: Genuine, random: Random) => Mutant | undefined;

const MUTATIONS: Record<string, Mutation> = {
  'a bit of the body': ({ request }, random) => {
    const raw = Buffer.from(request.raw);
    const at = random(raw.length);
    raw[at] = (raw[at] ?? 0) ^ (1 << random(8));
    return { request: { ...request, raw } };
  },
  'a character of a signed header': ({ request }, random) =>
    changedHeader(request, random, (value) => {
      const at = random(value.length);
      return value.slice(0, at) + String.fromCharCode(33 + random(94)) + value.slice(at + 1);
    }),
  'a header cut': ({ request }, random) =>
    changedHeader(request, random, (value) => value.slice(0, random(value.length))),
  'a header with more': ({ request }, random) =>
    changedHeader(request, random, (value) => value + String.fromCharCode(33 + random(94))),
  'another spelling of a header': ({ request }, random) =>
    changedHeader(request, random, (value) => {
      const spellings = [
        value.toUpperCase(),
        value.toLowerCase(),
        value.replaceAll('=', ''),
        value.replaceAll('+', '-'),
      ];
      return [...spellings, ` ${value}`, `0${value}`, `${value}=`, `${value}\n`][random(8)] ?? value;
    }),
  'the body cut': ({ request }, random) => ({
    request: { ...request, raw: request.raw.subarray(0, random(request.raw.length)) },
  }),
  'the body with more': ({ request }, random) => ({
    request: { ...request, raw: Buffer.concat([request.raw, Buffer.from([random(256)])]) },
  }),
  'the body as JSON anew': ({ request, body }, random) => ({
    request: { ...request, raw: Buffer.from(JSON.stringify(JSON.parse(body), null, 1 + random(4))) },
  }),
  'another signed time': ({ signer, body, request }, random) =>
    signer.isTimed
      ? mixed(request, signer.sign({ body, at: NOW + 1_000 * (1 + random(200)) }), /time|stamp/)
      : undefined,
  'another’s id': ({ signer, body, request }) =>
    mixed(request, signer.sign({ body, at: NOW, id: randomUUID() }), /-id$/),
  'another body’s signature': ({ signer, body, request }) => ({
    request: { ...request, headers: signer.sign({ body: body.replace('{', '{ '), at: NOW }) },
  }),
  'another’s key': ({ signer, body, request }) => ({
    request: { ...request, headers: signer.sign({ body, at: NOW, secret: signer.otherSecret }) },
  }),
  'another scheme’s headers': ({ signer, body, request }, random) => {
    const other = SIGNERS[random(SIGNERS.length)];
    return other === undefined || other === signer
      ? undefined
      : { request: { ...request, headers: other.sign({ body, at: NOW }) } };
  },
  'no signature': ({ request }, random) => {
    const words = ['', 'none', 'no-secret-provided', 'null', 'v0=', 'sha256=', 'sha1=', 'v1,', 'v1a,', 't=,v1='];
    return changedHeader(request, random, () => words[random(words.length)] ?? '');
  },
  'a header left out': ({ request }, random) => {
    const entries = Object.entries(request.headers);
    const left = random(entries.length);
    return { request: { ...request, headers: Object.fromEntries(entries.filter((_, index) => index !== left)) } };
  },
  'another method or address': ({ signer, request }, random) => {
    if (signer.scheme !== 'hubspot') return undefined;
    const changes = [
      { method: 'PUT' },
      { url: `${URL_OF_GATEWAY}?` },
      { url: URL_OF_GATEWAY.replace('https', 'http') },
    ];
    return { request: { ...request, ...changes[random(changes.length)] } };
  },
  'captured and sent too late or too early': ({ signer, request }, random) => {
    const off = 301_000 + random(86_400_000);
    return signer.isTimed ? { request, now: random(2) === 0 ? NOW + off : NOW - off } : undefined;
  },
};

export function runMutants({ count, seed }: MutantOptions): MutantReport {
  const random = randomOf(seed);
  const report: MutantReport = { tried: 0, kinds: {}, refused: {}, accepted: [] };
  const kinds = Object.entries(MUTATIONS);
  const webhooks = new Map(SIGNERS.map((signer) => [signer, webhookOf(signer)]));
  while (report.tried < count) {
    const genuine = genuineOf(SIGNERS[random(SIGNERS.length)] ?? SIGNERS[0], random);
    const webhook = webhooks.get(genuine.signer);
    const [kind, mutate] = kinds[random(kinds.length)] ?? ['', () => undefined];
    const mutant = mutate(genuine, random);
    if (webhook === undefined || mutant === undefined || isSame(mutant, genuine)) continue;
    if (!verifyDelivery(webhook, genuine.request, NOW).ok) throw new Error(`${genuine.signer.name} was not genuine.`);
    const verdict = verifyDelivery(webhook, mutant.request, mutant.now ?? NOW);
    report.tried += 1;
    report.kinds[kind] = (report.kinds[kind] ?? 0) + 1;
    if (verdict.ok) report.accepted.push(`${genuine.signer.name}: ${kind}: ${JSON.stringify(mutant.request.headers)}`);
    else report.refused[verdict.reason] = (report.refused[verdict.reason] ?? 0) + 1;
  }
  return report;
}

function genuineOf(signer: Signer | undefined, random: Random): Genuine {
  if (signer === undefined) throw new TypeError('There is no signer.');
  const body = JSON.stringify({
    id: `evt_${random(1_000_000)}`,
    type: 'invoice.paid',
    amount: random(100_000),
    name: 'Zoë',
  });
  const headers = signer.sign({ body, at: NOW });
  return { signer, body, request: { method: 'POST', url: URL_OF_GATEWAY, headers, raw: Buffer.from(body) } };
}

function changedHeader(request: SignedRequest, random: Random, change: (value: string) => string): Mutant | undefined {
  const names = Object.keys(request.headers);
  const name = names[random(names.length)] ?? '';
  const value = request.headers[name];
  if (typeof value !== 'string') return undefined;
  return { request: { ...request, headers: { ...request.headers, [name]: change(value) } } };
}

/** Those headers of another genuine delivery whose names match, beside the rest of this one's. */
function mixed(request: SignedRequest, others: Record<string, string>, names: RegExp): Mutant | undefined {
  const taken = Object.entries(others).filter(([name]) => names.test(name));
  if (taken.length === 0 || taken.length === Object.keys(others).length) return undefined;
  return { request: { ...request, headers: { ...request.headers, ...Object.fromEntries(taken) } } };
}

function isSame({ request, now = NOW }: Mutant, genuine: Genuine): boolean {
  return now === NOW && isDeepStrictEqual(request, genuine.request);
}

/** Mulberry32: the same numbers for a seed. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
