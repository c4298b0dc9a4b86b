/** Whether the event maps of all sources speak of operations, arguments and fields that are there, and do not collide. */
import type { ConfigProblem } from '../config/config-error.ts';
import type { EventTypeConfig } from '../config/event-map.ts';
import type { YamlPath } from '../config/yaml-file.ts';
import { JOINS } from '../joins/joins.ts';
import { EVENT_FIELD_NAMES } from './event-definitions.ts';
import { type EventPlan, overlaps } from './event-plan.ts';
import { type EventLookup, findRead, followJoin } from './event-reads.ts';
import { perhaps } from './near-names.ts';
import type { SourcePlan } from './pass.ts';

export interface PlannedSource {
  source: SourcePlan;
  events: readonly EventPlan[];
}

const MAX_LENGTH = 40;

export function eventProblems(sources: readonly PlannedSource[], lookup: EventLookup): ConfigProblem[] {
  const all = sources.flatMap(({ events }) => events);
  return sources.flatMap(({ source, events }) =>
    events.flatMap((event) => [
      ...nameProblems(source, event, all, lookup),
      ...overlapProblems(source, event, events),
      ...(event.source.kind === 'map' ? fieldProblems(source, event, event.source.config, lookup) : []),
    ]),
  );
}

/** At a key of the map's entry, or at the webhook of the OpenAPI file. */
function at(source: SourcePlan, event: EventPlan, steps: YamlPath, message: string): ConfigProblem {
  const { vendor, vendorYaml, openapi } = source;
  if (event.source.kind === 'spec') return openapi.problem(event.source.webhook.at, message, vendor);
  const { key } = event.source;
  const place = vendorYaml.locate(['events', key, ...steps]);
  return { file: vendorYaml.path, ...place, subject: `${vendor} ${key}`, message };
}

function nameProblems(
  source: SourcePlan,
  event: EventPlan,
  all: readonly EventPlan[],
  { types }: EventLookup,
): ConfigProblem[] {
  const { name, field } = event;
  const problem = (steps: YamlPath, message: string) => [at(source, event, steps, message)];
  if (event.source.kind === 'map' && !/^[A-Z][A-Za-z0-9]*Event$/.test(event.source.key))
    return problem([], `Found type "${event.source.key}", expected a name such as InvoiceEvent.`);
  const long = [name, field].find((one) => one.length > MAX_LENGTH);
  if (long !== undefined)
    return problem([], `Found the name ${long} (${long.length} characters), expected at most ${MAX_LENGTH}.`);
  const first = all.find((one) => one.name === name || one.field === field);
  if (types.has(name) || (first !== event && first?.name === name))
    return problem([], `Found ${name}, which the graph has already, expected another name.`);
  if (first === event || first === undefined) return [];
  return problem(['field'], `Found field "${field}", which ${first.name} has already, expected each once.`);
}

function overlapProblems(source: SourcePlan, event: EventPlan, events: readonly EventPlan[]): ConfigProblem[] {
  const earlier = events
    .slice(0, events.indexOf(event))
    .flatMap(({ name, types }) => types.map((type) => ({ name, type })));
  return event.types.flatMap((type, index) => {
    const own = event.types.slice(0, index).map((one) => ({ name: event.name, type: one }));
    const other = [...earlier, ...own].find((one) => overlaps(one.type, type));
    if (other === undefined) return [];
    const message = `Found "${type}", which "${other.type}" of ${other.name} covers too, expected each event in one type.`;
    return [at(source, event, ['types', index], message)];
  });
}

function fieldProblems(
  source: SourcePlan,
  event: EventPlan,
  config: EventTypeConfig,
  lookup: EventLookup,
): ConfigProblem[] {
  const problem = (steps: YamlPath, message: string) => at(source, event, steps, message);
  const reads = Object.entries(config.reads).flatMap(([name, read]) => {
    const found = findRead(lookup, source.vendor, read);
    return 'problem' in found ? [problem(['reads', name, found.key], found.problem)] : [];
  });
  const joins = Object.entries(config.joins).flatMap(([name, path]) => {
    const wrong = joinProblem(source.vendor, config, path, lookup);
    return wrong === undefined ? [] : [problem(['joins', name], `Found "${path}", but ${wrong}.`)];
  });
  return [...takenNames(config).map(({ steps, message }) => problem(steps, message)), ...reads, ...joins];
}

/** A field the engine could join is left out where a graph folder does not have it; any other must exist. */
function joinProblem(
  vendor: string,
  { reads }: EventTypeConfig,
  path: string,
  lookup: EventLookup,
): string | undefined {
  const [first = '', ...rest] = path.split('.');
  const read = reads[first];
  if (!read) return `"reads" has no "${first}"${perhaps(first, Object.keys(reads))}`;
  const found = findRead(lookup, vendor, read);
  if ('problem' in found) return undefined;
  const followed = followJoin(lookup, found.row, rest);
  if ('steps' in followed || isEngineJoin(followed.owner, followed.step)) return undefined;
  return followed.problem;
}

function isEngineJoin(type: string, field: string): boolean {
  return JOINS.some((join) => join[type]?.[field] !== undefined);
}

function takenNames({ reads, joins, values, changed }: EventTypeConfig): { steps: YamlPath; message: string }[] {
  const taken = new Set([...EVENT_FIELD_NAMES, ...(changed ? ['changedFields'] : [])]);
  return Object.entries({ reads, joins, values }).flatMap(([part, fields]) =>
    Object.keys(fields).flatMap((name) => {
      const steps = [part, name];
      if (!/^[a-z][A-Za-z0-9]*$/.test(name))
        return [{ steps, message: `Found field "${name}", expected letters and digits in camelCase.` }];
      if (taken.has(name)) return [{ steps, message: `Found field "${name}" a second time, expected another name.` }];
      taken.add(name);
      return [];
    }),
  );
}
