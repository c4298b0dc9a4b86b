/** Follows what an event map names into the graph: operations to the rows they read, joins from field to field. */
import { type DocumentNode, type FieldDefinitionNode, Kind } from 'graphql';
import type { EventTypeConfig } from '../config/event-map.ts';
import { outputFields } from './document.ts';
import { type FieldsType, fieldsTypes } from './fields-type.ts';
import { perhaps } from './near-names.ts';
import { prefixedField } from './prefix.ts';
import { innerName, isList } from './type-node.ts';

export type ReadConfig = EventTypeConfig['reads'][string];

/** What can be found in a graph's document; extensions are folded into their types. */
export interface EventLookup {
  types: ReadonlyMap<string, FieldsType>;
  document: DocumentNode;
}

export function createEventLookup(document: DocumentNode): EventLookup {
  return { document, types: new Map(fieldsTypes(document).map((type) => [type.name.value, type])) };
}

/** The root field and the type of one row; or what is wrong, under which key. */
export type FoundRead = { operation: string; row: string } | { key: 'operation' | 'argument'; problem: string };

export function findRead({ document, types }: EventLookup, vendor: string, read: ReadConfig): FoundRead {
  const operation = prefixedField(vendor, read.operation);
  const reads = outputFields(document, 'Query');
  const field = reads.find(({ name }) => name.value === operation);
  if (!field) {
    const names = reads.map(({ name }) => name.value).filter((name) => name.startsWith(vendor));
    const known = names.map((name) => name.charAt(vendor.length).toLowerCase() + name.slice(vendor.length + 1));
    const hint = perhaps(read.operation, known);
    return { key: 'operation', problem: `Found operation "${read.operation}", expected one that reads${hint}.` };
  }
  const wrong = argumentProblem(field, read);
  if (wrong !== undefined) return { key: 'argument', problem: wrong };
  const row = rowOf(document, field);
  if (types.has(row)) return { operation, row };
  return {
    key: 'operation',
    problem: `Found operation "${read.operation}", which answers with ${row}, expected an object.`,
  };
}

/** Of a list one row: those with the event's id are asked for. */
function rowOf(document: DocumentNode, { type }: FieldDefinitionNode): string {
  const answer = innerName(type);
  const nodes = outputFields(document, answer).find(({ name }) => name.value === 'nodes');
  return nodes && answer.endsWith('Connection') ? innerName(nodes.type) : answer;
}

function argumentProblem({ arguments: args = [] }: FieldDefinitionNode, read: ReadConfig): string | undefined {
  const [name = ''] = read.argument.split('.');
  const names = args.map((argument) => argument.name.value);
  if (!names.includes(name)) {
    const expected = names.length === 0 ? 'another operation: it has none' : `one of ${names.join(', ')}`;
    return `Found argument "${name}" of ${read.operation}, expected ${expected}.`;
  }
  const other = args.find(
    (one) => one.name.value !== name && one.type.kind === Kind.NON_NULL_TYPE && one.defaultValue === undefined,
  );
  return other && `Found operation "${read.operation}", which needs "${other.name.value}" too, expected one argument.`;
}

export interface FollowedJoin {
  /** The fields on the way; the last one is what the event shows. */
  steps: readonly FieldDefinitionNode[];
  /** The types that have them. */
  owners: readonly FieldsType[];
}

/** A step the graph does not have: `owner` has no such field; or one that leads on from a list. */
export interface MissingStep {
  owner: string;
  step: string;
  problem: string;
}

/** `path` is what stands behind the read: `account` of `invoice.account`. */
export function followJoin({ types }: EventLookup, row: string, path: readonly string[]): FollowedJoin | MissingStep {
  const steps: FieldDefinitionNode[] = [];
  const owners: FieldsType[] = [];
  let owner = row;
  for (const [index, step] of path.entries()) {
    const type = types.get(owner);
    const fields = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.fields ?? []) : [];
    const field = fields.find(({ name }) => name.value === step);
    if (!type || !field) {
      const names = fields.map(({ name }) => name.value);
      return { owner, step, problem: `${owner} has no field "${step}"${perhaps(step, names)}` };
    }
    if (index < path.length - 1 && isList(field.type))
      return { owner, step, problem: `"${step}" is a list, from which nothing leads on` };
    steps.push(field);
    owners.push(type);
    owner = innerName(field.type);
  }
  return { steps, owners };
}
