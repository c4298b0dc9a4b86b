/** A vendor's `reconcile:` block, ready for use and checked against the graph's operations. */
import { ConfigError, type ConfigProblem, collectProblems, throwProblems } from '../config/config-error.ts';
import type { GraphSource } from '../config/graph-folder.ts';
import type { VendorName } from '../config/vendor-name.ts';
import type { WebhookConfig } from '../config/webhook.ts';
import { type JsonPath, parseJsonPath } from '../rest/json-path.ts';
import type { RestOperation } from '../rest/operation.ts';
import { type EventReading, resolveWebhook } from '../webhooks/resolved-webhook.ts';

export interface ReconcilePlan {
  vendor: VendorName;
  /** The root field. */
  operation: string;
  isPaged: boolean;
  since: string;
  arguments: Readonly<Record<string, unknown>>;
  rows: JsonPath;
  id: JsonPath;
  /** When a row changed last. */
  time: JsonPath;
  rules: readonly ChangeRule[];
  /** Where bodies of webhooks hold the id; the first is for ours. */
  objectPaths: readonly [JsonPath, ...JsonPath[]];
  typePath: JsonPath;
  timePath: JsonPath;
  timeUnit: 'ms' | 's' | 'iso';
  /** Types of events that tell of such a change, and so make it known. */
  types: readonly string[];
  reading: EventReading;
  everyMs: number;
  settleMs: number;
}

export interface ChangeRule {
  when: readonly { path: JsonPath; value: string }[];
  type: string | undefined;
  time: JsonPath;
}

/** Throws ConfigError for an operation the graph does not have, and where the webhook's block does not say enough. */
export function readReconcilePlans(
  sources: readonly Pick<GraphSource, 'vendor' | 'config' | 'vendorYaml'>[],
  operations: ReadonlyMap<string, RestOperation>,
): ReconcilePlan[] {
  const problems: ConfigProblem[] = [];
  const plans: ReconcilePlan[] = [];
  for (const source of sources) {
    if (source.config.reconcile === undefined) continue;
    collectProblems(problems, () => plans.push(planOf(source, operations)));
  }
  throwProblems(problems);
  return plans;
}

type Source = Pick<GraphSource, 'vendor' | 'config' | 'vendorYaml'>;

function planOf(source: Source, operations: ReadonlyMap<string, RestOperation>): ReconcilePlan {
  const { vendor, config } = source;
  const { reconcile, webhook } = config;
  if (reconcile === undefined || webhook === undefined)
    throw problem(source, [], 'Found no webhook block, expected one: it says how events look.');
  const { since, rows, id, time, changes, object, everySeconds, settleSeconds } = reconcile;
  const field = fieldName(vendor, reconcile.operation);
  const operation = operations.get(field);
  if (operation?.access !== 'read')
    throw problem(source, ['operation'], `Found "${reconcile.operation}", expected a read of openapi.yaml.`);
  const unknown = [since, ...Object.keys(reconcile.arguments)].find((name) => !operation.toWire.has(name));
  if (unknown !== undefined)
    throw problem(source, ['operation'], `Found argument "${unknown}", which ${field} does not take.`);
  const [first = [], ...others] = object.map(parseJsonPath);
  return {
    vendor,
    operation: field,
    isPaged: operation.paging !== undefined,
    ...{ since, arguments: reconcile.arguments },
    rows: rows === undefined ? [] : parseJsonPath(rows),
    id: parseJsonPath(id),
    time: parseJsonPath(time),
    rules: changes.map((rule) => ({
      when: Object.entries(rule.when).map(([path, value]) => ({ path: parseJsonPath(path), value })),
      type: rule.type,
      time: parseJsonPath(rule.time ?? time),
    })),
    objectPaths: [first, ...others],
    types: [...new Set(changes.flatMap(({ type }) => type ?? []))],
    ...placesOf(source, webhook),
    // Nothing is verified here, so that no secret is needed.
    reading: resolveWebhook(vendor, webhook, []),
    everyMs: everySeconds * 1_000,
    settleMs: settleSeconds * 1_000,
  };
}

/** As the composer names it. */
function fieldName(vendor: VendorName, operationId: string): string {
  return vendor + operationId.charAt(0).toUpperCase() + operationId.slice(1);
}

/** Known by object and time: a vendor that gives its events ids would be asked for the events themselves. */
function placesOf(source: Source, { type, id, time }: WebhookConfig) {
  const typePath = [type].flat().find((place) => !place.startsWith('header:'));
  if (typePath === undefined || time === undefined || id !== undefined) {
    const message = 'Found a webhook block that cannot be reconciled, expected type and time in the body, and no id.';
    throw problem(source, [], message);
  }
  return { typePath: parseJsonPath(typePath), timePath: parseJsonPath(time.path), timeUnit: time.unit };
}

function problem({ vendor, vendorYaml }: Source, steps: string[], message: string): ConfigError {
  return new ConfigError({
    file: vendorYaml.path,
    ...vendorYaml.locate(['reconcile', ...steps]),
    subject: vendor,
    message,
  });
}
