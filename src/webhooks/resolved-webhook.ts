/** A vendor's `webhook:` block, ready for use: paths split, ranges and keys at hand. */

import type { VendorName } from '../config/vendor-name.ts';
import type { WebhookConfig } from '../config/webhook.ts';
import { type JsonPath, parseJsonPath } from '../rest/json-path.ts';
import { type AddressList, createAddressList } from './address-list.ts';
import type { BodyReading } from './body-elements.ts';
import type { Scheme } from './scheme.ts';
import { schemeOf } from './schemes.ts';
import type { Verifiable } from './verify.ts';
import type { WebhookSecret } from './webhook-secret.ts';

/** Where events stand in what a vendor sends. */
export interface EventReading extends BodyReading {
  scheme: Scheme;
  typePaths: readonly JsonPath[];
  /** Lower case. Asked when no path has a type. */
  typeHeaders: readonly string[];
  idPaths: readonly JsonPath[];
  idHeader: string | undefined;
  volatile: readonly JsonPath[];
  time: { path: JsonPath; unit: 'ms' | 's' | 'iso' } | undefined;
  dedupeMs: number;
}

export interface ResolvedWebhook extends Verifiable, EventReading {
  vendor: VendorName;
  maxBytes: number;
  /** Undefined: anybody may send. */
  mayCome: AddressList | undefined;
  rate: { perSecond: number; burst: number } | undefined;
}

const DAY_MS = 86_400_000;

export function resolveWebhook(
  vendor: VendorName,
  config: WebhookConfig,
  secrets: readonly WebhookSecret[],
): ResolvedWebhook {
  const { toleranceSeconds, maxBytes, allowAddresses, rate } = config;
  return {
    vendor,
    secrets: secrets.toSorted((a, b) => Number(a.notAfter < b.notAfter) - Number(a.notAfter > b.notAfter)),
    toleranceMs: toleranceSeconds * 1_000,
    maxBytes,
    mayCome: allowAddresses === undefined ? undefined : createAddressList(allowAddresses),
    rate,
    ...readingOf(config),
  };
}

function readingOf(config: WebhookConfig): EventReading {
  const { scheme, bodyFormat, elements, idHeader, volatile, time, dedupeDays } = config;
  const types = [config.type].flat();
  return {
    scheme: schemeOf(scheme),
    bodyFormat,
    elements,
    typePaths: types.filter((place) => !place.startsWith('header:')).map(parseJsonPath),
    typeHeaders: types.flatMap((place) => (place.startsWith('header:') ? [place.slice(7).toLowerCase()] : [])),
    idPaths: [config.id ?? []].flat().map(parseJsonPath),
    idHeader: idHeader?.toLowerCase(),
    volatile: volatile.map(parseJsonPath),
    time: time && { path: parseJsonPath(time.path), unit: time.unit },
    dedupeMs: dedupeDays * DAY_MS,
  };
}
