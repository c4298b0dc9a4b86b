/** The filters of the list endpoints: each reads its parameter once and returns a test for rows. */
import type { FormValue } from '../../src/sandbox/form.ts';
import { invalid, missing } from './sandbox-faults.ts';
import type { StripeObject } from './sandbox-objects.ts';
import { readBoolean, readInteger, readOneOf, readParts, readText, readTexts } from './sandbox-parameters.ts';
import type { Table } from './sandbox-table.ts';

export type Test = (object: StripeObject) => boolean;
export type Filter = (value: FormValue, name: string) => Test;

/** Exactly the field of the same name, upper and lower case included. */
export const exactly: Filter = (value, name) => {
  const wanted = readText(value, name);
  return (object) => object[name] === wanted;
};

export const flag: Filter = (value, name) => {
  const wanted = readBoolean(value, name);
  return (object) => object[name] === wanted;
};

export function choice(choices: readonly string[]): Filter {
  return (value, name) => {
    const wanted = readOneOf(value, name, choices);
    return (object) => object[name] === wanted;
  };
}

const BOUNDS: Record<string, (time: number, bound: number) => boolean> = {
  gt: (time, bound) => time > bound,
  gte: (time, bound) => time >= bound,
  lt: (time, bound) => time < bound,
  lte: (time, bound) => time <= bound,
};

/** `created=1700000000` or `created[gte]=…&created[lt]=…`. A row without the time is never in a range. */
export const time: Filter = (value, name) => {
  if (typeof value === 'string') {
    const wanted = readInteger(value, name);
    return (object) => object[name] === wanted;
  }
  const tests = Object.entries(readParts(value, name) ?? {}).map(([word, text]) => {
    const bound = readInteger(text, `${name}[${word}]`) ?? 0;
    const test = BOUNDS[word];
    if (test === undefined)
      throw invalid(`Received unknown parameter: ${name}[${word}]`, `${name}[${word}]`, 'parameter_unknown');
    return (at: number) => test(at, bound);
  });
  return (object) => {
    const at = object[name];
    return typeof at === 'number' && tests.every((test) => test(at));
  };
};

/** The id of another object, which must exist or have existed. */
export function reference(noun: string, table: Table<StripeObject>): Filter {
  return (value, name) => {
    const id = readText(value, name) ?? '';
    if (table.get(id) === undefined && !table.wasRemoved(id)) throw missing(noun, id, name, 400);
    return (object) => object[name] === id;
  };
}

/** `ids[]=a&ids[]=b`: the field's value is one of them. Ids that do not exist are passed over. */
export function anyOf(field: string): Filter {
  return (value, name) => {
    const wanted = new Set<unknown>(readTexts(value, name));
    return (object) => wanted.has(object[field]);
  };
}

/** Accepted, but nothing here ever has it. */
export const never: Filter = () => () => false;
