/** The event types of one source: those its event map names, and one for each webhook of its OpenAPI file beside them. */
import type { EventTypeConfig } from '../config/event-map.ts';
import type { SourcePlan } from './pass.ts';
import { prefixedField, prefixedType } from './prefix.ts';
import { type SpecWebhook, specWebhooks } from './spec-webhooks.ts';

export interface EventPlan {
  vendor: string;
  /** `StripeInvoiceEvent` */
  name: string;
  /** `invoiceEvents` */
  field: string;
  types: readonly string[];
  source: { kind: 'map'; key: string; config: EventTypeConfig } | { kind: 'spec'; webhook: SpecWebhook };
}

export function eventPlans(plan: SourcePlan): EventPlan[] {
  const mapped = mappedEvents(plan);
  const patterns = mapped.flatMap(({ types }) => types);
  const described = specWebhooks(plan.openapi)
    .filter(({ name }) => !patterns.some((pattern) => overlaps(pattern, name)))
    .map((webhook): EventPlan => {
      const name = pascal(webhook.name);
      return {
        vendor: plan.vendor,
        name: prefixedType(plan.vendor, `${name}Event`),
        field: prefixedField(plan.vendor, `${name}Events`),
        types: [webhook.name],
        source: { kind: 'spec', webhook },
      };
    });
  return [...mapped, ...described];
}

function mappedEvents({ vendor, config }: SourcePlan): EventPlan[] {
  return Object.entries(config.events).map(([key, entry]) => ({
    vendor,
    name: prefixedType(vendor, key),
    field: entry.field,
    types: entry.types,
    source: { kind: 'map', key, config: entry },
  }));
}

/** Whether some event's name fits both. */
export function overlaps(one: string, other: string): boolean {
  const [first, second] = [one, other].map((pattern) => pattern.replace(/\*$/, '')) as [string, string];
  if (one.endsWith('*') && other.endsWith('*')) return first.startsWith(second) || second.startsWith(first);
  if (one.endsWith('*')) return other.startsWith(first);
  return other.endsWith('*') ? one.startsWith(second) : one === other;
}

/** `order.created` → `OrderCreated` */
function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
