/** Reads the object an event is about: fresh, by the id in its payload, once for all fields and events of one operation. */
import { type GraphQLOutputType, type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import { readDirective } from '../rest/directive.ts';
import { isObject } from '../rest/json-path.ts';
import type { JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';

/** `argument` takes the id; a path such as `filter.ids.0` leads into inputs. Null without an id, and for what is gone. */
export type EventReads = (operation: string, argument: string) => (id: unknown, context: JoinContext) => unknown;

export function createEventReads(schema: GraphQLSchema): EventReads {
  const known = new Map<string, KeyedRead<object>>();
  return (operation, argument) => {
    const key = `${operation} ${argument}`;
    const read = known.get(key) ?? objectById(schema, operation, argument);
    known.set(key, read);
    return (id, { reads }) => {
      const text = textOf(id);
      return text === null ? null : reads.load(read, text);
    };
  };
}

function objectById(schema: GraphQLSchema, operation: string, argument: string): KeyedRead<object> {
  const field = schema.getQueryType()?.getFields()[operation];
  const isPaged = readDirective(field?.astNode, 'paging') !== undefined;
  const path = argument.split('.');
  const names = field ? idsOfRow(field.type) : [];
  return {
    name: `${operation} by ${argument}`,
    chunk: 1,
    async read([id], { call, firstRow }) {
      const args = { [path[0] ?? argument]: nested(path.slice(1), id) };
      const answer = isPaged ? await firstRow(operation, args) : await call(operation, args);
      return [answer].flat().filter(isObject);
    },
    // A vendor that ignores what was asked answers with a stranger. Of a row whose type names no id there is nothing to tell
    // by: what was read by its id is believed, a row of a list is not.
    keysOf(row, asked) {
      if (names.length > 0) return names.map((name) => textOf(Reflect.get(row, name)));
      return isPaged ? [] : asked;
    },
  };
}

/** What the type of a row, or of a list's rows, calls its own ids: `id`, `uid`, or `employeeId` of a `BamboohrEmployee`. */
function idsOfRow(type: GraphQLOutputType): readonly string[] {
  const answer = getNamedType(type);
  if (!isObjectType(answer)) return [];
  const fields = answer.getFields();
  if (fields['nodes'] && answer.name.endsWith('Connection')) return idsOfRow(fields['nodes'].type);
  const spelled = answer.name.toLowerCase();
  return Object.keys(fields).filter(
    (name) => name === 'id' || name === 'uid' || (/.(?:Id|_id)$/.test(name) && spelled.endsWith(stemOf(name))),
  );
}

const stemOf = (name: string): string => name.replace(/_?id$/i, '').replaceAll('_', '').toLowerCase();

/** The id behind a path: names make objects, digits lists. */
function nested([step, ...rest]: readonly string[], id: unknown): unknown {
  if (step === undefined) return id;
  return /^\d+$/.test(step) ? [nested(rest, id)] : { [step]: nested(rest, id) };
}

function textOf(id: unknown): string | null {
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  return typeof id === 'string' && id !== '' ? id : null;
}
