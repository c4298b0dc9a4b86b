/** Compares a schema of ours with the vendor's, all the way down. */
import type { DeviationKind, Findings } from './deviation.ts';
import type { Schema } from './openapi-document.ts';
import { schemaName } from './schema-name.ts';
import type { Branch, Shape, ShapeReader } from './shape.ts';
import { type Direction, describeShape, describeValues, formatMismatch, typeFits } from './type-match.ts';

export interface SchemaPair {
  /** For messages: which call this is about. */
  operation: string;
  at: string;
  ours: Schema;
  /** Everything the vendor may mean here; empty when it says nothing. */
  theirs: readonly Schema[];
  direction: Direction;
  /** A value that may be missing may be null as well. */
  optional?: boolean;
}

export interface SchemaComparisonOptions {
  readOurs: ShapeReader;
  readTheirs: ShapeReader;
  findings: Findings;
  /** What to compare with instead of what the vendor's file says, by our place. */
  standIns: ReadonlyMap<string, Schema>;
}

export type CompareSchemas = (pair: SchemaPair) => void;

export function createSchemaComparison(options: SchemaComparisonOptions): CompareSchemas {
  const { readOurs, readTheirs, findings, standIns } = options;
  const seen = createSeen();
  return compare;

  function compare(found: SchemaPair): void {
    const standIn = standIns.get(found.at);
    const pair = standIn === undefined ? found : { ...found, theirs: [standIn] };
    const [ours, theirs] = [readOurs([pair.ours]), readTheirs(pair.theirs)];
    compareNull(pair, ours, theirs);
    for (const branch of ours.branches) compareBranch(pair, branch, theirs);
  }

  function compareNull(pair: SchemaPair, ours: Shape, theirs: Shape): void {
    const { direction, optional = false } = pair;
    if (direction === 'answer' && theirs.nullable && !ours.nullable && !optional)
      report(pair, 'nullable', 'never null', 'may be null');
    if (direction === 'request' && ours.nullable && !theirs.nullable)
      report(pair, 'nullable', 'may be null', 'never null');
  }

  function compareBranch(pair: SchemaPair, branch: Branch, theirs: Shape): void {
    const like = theirs.branches.filter((candidate) => typeFits(branch, candidate, pair.direction));
    if (like.length === 0) {
      report(pair, 'type', describeShape({ branches: [branch], nullable: false }), describeShape(theirs));
      return;
    }
    const format = formatMismatch(branch, like);
    if (format !== undefined) report(pair, 'format', branch.format ?? 'no format', format);
    compareValues(pair, branch, like);
    compareItems(pair, branch, like);
    compareProperties(pair, branch, like);
  }

  function compareValues(pair: SchemaPair, { values }: Branch, like: readonly Branch[]): void {
    if (values === undefined) return;
    if (like.every((candidate) => candidate.values === undefined)) {
      report(pair, 'enum', `only ${describeValues(values)}`, 'any value');
      return;
    }
    const known = new Set(like.flatMap((candidate) => [...(candidate.values ?? [])]));
    const foreign = values.difference(known);
    if (foreign.size > 0) report(pair, 'enum', `also ${describeValues(foreign)}`, `only ${describeValues(known)}`);
    const left = known.difference(values);
    // A caller may do without a value; an answer that holds it would be an error of ours.
    if (left.size > 0 && pair.direction === 'answer')
      report(pair, 'enum', `only ${describeValues(values)}`, `also ${describeValues(left)}`);
  }

  function compareItems(pair: SchemaPair, { items }: Branch, like: readonly Branch[]): void {
    const theirs = like.flatMap((candidate) => candidate.items);
    for (const ours of items) {
      if (theirs.length > 0) compare({ ...pair, at: `${pair.at}[]`, ours, theirs, optional: false });
      else report(pair, 'undescribed', `array of ${describeShape(readOurs([ours]))}`, 'any array');
    }
  }

  function compareProperties(pair: SchemaPair, branch: Branch, like: readonly Branch[]): void {
    if (branch.properties.size === 0) return;
    const objects = like.filter((candidate) => candidate.properties.size > 0);
    if (objects.length === 0) {
      report(pair, 'undescribed', `object with ${[...branch.properties.keys()].join(', ')}`, 'any object');
      return;
    }
    if (seen(pair)) return;
    const at = schemaName(pair.ours) ?? pair.at;
    for (const [name, [ours = {}]] of branch.properties) {
      const theirs = objects.flatMap((object) => object.properties.get(name) ?? []);
      const optional = !branch.required.has(name);
      compareProperty({ ...pair, at: `${at}.${name}`, ours, theirs, optional }, isPromised(name, objects));
    }
    if (pair.direction === 'request') reportMissing({ ...pair, at }, branch, objects);
  }

  function compareProperty(pair: SchemaPair, promised: boolean): void {
    const { at, theirs, optional, direction } = pair;
    if (theirs.length === 0) {
      reportUnknown(pair);
      if (standIns.has(at)) compare(pair);
      return;
    }
    findings.count('properties', at);
    if (!optional && !promised) report(pair, 'required', 'required', 'optional');
    if (optional && promised && direction === 'request') report(pair, 'required', 'optional', 'required');
    compare(pair);
  }

  /** One type of ours stands for several of the vendor's; it is enough that an answer of some call has the property. */
  function reportUnknown({ operation, at, ours, direction, optional }: SchemaPair): void {
    const deviation = { operation, at, ours: describeShape(readOurs([ours])), theirs: 'nothing of that name' };
    if (direction === 'answer' && optional === true) findings.reportUnlessElsewhere({ kind: 'unknown', ...deviation });
    else findings.report({ kind: 'unknown', ...deviation });
  }

  function reportMissing(pair: SchemaPair, branch: Branch, objects: readonly Branch[]): void {
    for (const name of new Set(objects.flatMap(({ required }) => [...required]))) {
      if (branch.properties.has(name) || !isPromised(name, objects)) continue;
      report({ ...pair, at: `${pair.at}.${name}` }, 'required', 'nothing of that name', 'required');
    }
  }

  function report({ operation, at }: SchemaPair, kind: DeviationKind, ours: string, theirs: string): void {
    findings.report({ kind, operation, at, ours, theirs });
  }
}

/** Whether every alternative insists on the property. */
function isPromised(name: string, objects: readonly Branch[]): boolean {
  return objects.every(({ required }) => required.has(name));
}

/** Tells whether two schemas were compared before; descriptions refer to themselves. */
function createSeen(): (pair: SchemaPair) => boolean {
  const numbers = new Map<Schema, number>();
  const pairs = new Set<string>();
  return ({ ours, theirs, direction }) => {
    const key = [direction, ...[ours, ...theirs].map(numberOf)].join(' ');
    const known = pairs.has(key);
    pairs.add(key);
    return known;
  };

  function numberOf(schema: Schema): number {
    const number = numbers.get(schema) ?? numbers.size;
    numbers.set(schema, number);
    return number;
  }
}
