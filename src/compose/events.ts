/** The part of the graph that shows events: everything of it follows from the sources' event maps and OpenAPI files. */
import { type DocumentNode, Kind, parse, visit } from 'graphql';
import { throwProblems } from '../config/config-error.ts';
import { isTypeDefinition } from './document.ts';
import { eventProblems, type PlannedSource } from './event-check.ts';
import { EVENT_DIRECTIVES, eventBase } from './event-definitions.ts';
import { type EventPlan, eventPlans } from './event-plan.ts';
import { createEventLookup, type EventLookup } from './event-reads.ts';
import { describeTypes, mappedFields, quoted, writeEventType } from './event-types.ts';
import { foldExtensions } from './extensions.ts';
import { moveToFields } from './field-references.ts';
import { merge } from './merge.ts';
import type { SourcePlan } from './pass.ts';
import { payloadType } from './payload-types.ts';

/**
 * Nothing for a graph whose sources send nothing: it has no Subscription then. `vendors` and `sdl` are what the rest of the
 * graph is made of. Throws `ConfigError` for maps that do not fit it.
 */
export function composeEvents(
  plans: readonly SourcePlan[],
  vendors: readonly DocumentNode[],
  sdl: readonly DocumentNode[],
): DocumentNode[] {
  const sources = plans.map((source): PlannedSource => ({ source, events: eventPlans(source) }));
  if (sources.every(({ source, events }) => source.config.webhook === undefined && events.length === 0)) return [];
  const lookup = createEventLookup(moveToFields(foldExtensions(merge(vendors, sdl))));
  throwProblems(eventProblems(sources, lookup));
  const types = sources.flatMap(({ source, events }) => events.map((event) => eventType(event, source, lookup)));
  const text = [eventBase(plans.map(({ vendor }) => vendor)), EVENT_DIRECTIVES, ...types].join('\n');
  return [parse(`${text}\n${neededDefinitions(lookup, text)}`, { noLocation: true })];
}

function eventType(event: EventPlan, source: SourcePlan, lookup: EventLookup): string {
  if (event.source.kind === 'map') {
    const { config } = event.source;
    return writeEventType(event, config.description ?? describeTypes(event), mappedFields(event, config, lookup));
  }
  const { webhook } = event.source;
  const payload = `"What was sent." payload: ${payloadType(webhook, source)} @eventValue(path: ${quoted('')})`;
  return writeEventType(event, webhook.description ?? describeTypes(event), [payload]);
}

/** What a webhook's types are made of, and no vendor's operation happened to need. */
function neededDefinitions({ document }: EventLookup, text: string): string {
  const used = new Set<string>();
  for (const part of [document, parse(text)])
    visit(part, {
      NamedType: ({ name }) => void used.add(name.value),
      Directive: ({ name }) => void used.add(`@${name.value}`),
    });
  const known = new Set(
    document.definitions.flatMap((node) => {
      if (node.kind === Kind.DIRECTIVE_DEFINITION) return [`@${node.name.value}`];
      return isTypeDefinition(node) ? [node.name.value] : [];
    }),
  );
  return Object.entries(DEFINITIONS)
    .filter(([name]) => used.has(name) && !known.has(name))
    .map(([, text]) => text)
    .join('\n');
}

const DEFINITIONS: Readonly<Record<string, string>> = {
  BigInt: 'scalar BigInt',
  JSON: 'scalar JSON',
  '@resolveRootField': 'directive @resolveRootField(subgraph: String, field: String) on FIELD_DEFINITION',
};
