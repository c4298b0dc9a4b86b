/** A graph whose rows do whatever rows can do, the same each time: chosen by a number that comes from the place in the answer. */
import {
  buildSchema,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

const FIELDS = (bang: '' | '!') => `
  id: ID${bang} text: String${bang} number: Int${bang} half: Float yes: Boolean colour: Colour${bang} any: Any
  texts: [String${bang}]${bang} grid: [[Int${bang}]]
  child: A${bang} children: [A${bang}]${bang} other: Either others: [Either${bang}] thing: Thing${bang} b: B
  told(x: Int = 3, y: [Int], s: String): String
`;

/** `bang`: whether fields say that they are never null, which they are all the same. */
export function createRandomGraph(bang: '' | '!'): GraphQLSchema {
  const schema = buildSchema(`
    enum Colour { RED GREEN }
    scalar Any
    interface Thing { id: ID${bang} text: String${bang} }
    union Either = A | B
    type A implements Thing { ${FIELDS(bang)} }
    type B implements Thing { ${FIELDS(bang)} own: String }
    type Query { ${FIELDS(bang)} }
    type Mutation { ${FIELDS(bang)} }
  `);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      // Every other field is a property of its row.
      if (hash(type.name, field.name) % 2 === 0 && field.args.length === 0) continue;
      field.resolve = (row: Row, args, context: World, { path, fieldName, parentType }) => {
        context.asked.push(`${parentType.name}.${fieldName} ${keysOf(path).join('.')} ${JSON.stringify(args)}`);
        return row.of(fieldName, args);
      };
    }
  }
  return schema;
}

/** What one execution was asked for. */
export interface World {
  asked: string[];
}

type Path = { prev: Path | undefined; key: string | number } | undefined;

function keysOf(path: Path): (string | number)[] {
  return path ? [...keysOf(path.prev), path.key] : [];
}

export class Row {
  readonly __typename: string;
  readonly #schema: GraphQLSchema;
  readonly #seed: number;

  constructor(schema: GraphQLSchema, typeName: string, seed: number) {
    this.__typename = typeName;
    this.#schema = schema;
    this.#seed = seed;
    const type = schema.getType(typeName);
    for (const { name } of isObjectType(type) ? Object.values(type.getFields()) : [])
      Object.defineProperty(this, name, { get: () => this.#property(name) });
  }

  /** What a resolver gives. */
  of(name: string, args: unknown): unknown {
    const type = this.#schema.getType(this.__typename);
    const field = isObjectType(type) ? type.getFields()[name] : undefined;
    return field && outcome(this.#schema, field.type, hash(this.#seed, name, JSON.stringify(args)), true);
  }

  /** Some properties are functions. */
  #property(name: string): unknown {
    return hash(this.#seed, name) % 5 === 0 ? (args: unknown) => this.of(name, args) : this.of(name, {});
  }
}

function outcome(schema: GraphQLSchema, type: GraphQLOutputType, seed: number, mayThrow: boolean): unknown {
  const chance = hash(seed, 'outcome') % 100;
  if (chance < 4) return null;
  if (chance < 6) return undefined;
  if (chance < 8) return new Error(`wrong ${seed}`);
  if (chance < 10 && mayThrow) throw new Error(`thrown ${seed}`);
  if (chance < 12) return later(0, () => Promise.reject(new Error(`rejected ${seed}`)));
  if (chance < 14) return 'not what it should be';
  if (chance < 30) return later(hash(seed, 'late') % 3, () => value(schema, type, seed));
  return value(schema, type, seed);
}

async function later<Value>(ticks: number, make: () => Value): Promise<Value> {
  for (let tick = 0; tick < ticks; tick += 1) await undefined;
  return make();
}

function value(schema: GraphQLSchema, type: GraphQLOutputType, seed: number): unknown {
  if (isNonNullType(type)) return value(schema, type.ofType, seed);
  if (isListType(type)) {
    const items = Array.from({ length: hash(seed, 'length') % 4 }, (_, at) =>
      outcome(schema, type.ofType, hash(seed, at), false),
    );
    return hash(seed, 'iterable') % 4 === 0 ? new Set(items) : items;
  }
  const leaf = LEAVES[type.name]?.(seed);
  if (leaf !== undefined) return leaf;
  const names = { Either: ['A', 'B'], Thing: ['A', 'B', 'Nothing'] }[type.name] ?? [type.name];
  return new Row(
    schema,
    names[hash(seed, 'type') % (names.length === 3 ? 20 : names.length)] ?? 'B',
    hash(seed, 'row'),
  );
}

const LEAVES: Readonly<Record<string, (seed: number) => unknown>> = {
  ID: (seed) => (seed % 3 === 0 ? seed % 1000 : `id ${seed % 1000}`),
  String: (seed) => (seed % 7 === 0 ? true : `text ${seed % 1000}`),
  Int: (seed) => (seed % 11 === 0 ? 0.5 : seed % 1000),
  Float: (seed) => (seed % 1000) / 8,
  Boolean: (seed) => seed % 2 === 0,
  Colour: (seed) => ['RED', 'GREEN', 'BLUE'][seed % 11 === 0 ? 2 : seed % 2],
  Any: (seed) => ({ anything: [seed % 10] }),
};

function hash(...parts: readonly unknown[]): number {
  let sum = 0x811c9dc5;
  for (const character of parts.join('|')) sum = Math.imul(sum ^ character.charCodeAt(0), 0x01000193);
  sum ^= sum >>> 15;
  return Math.imul(sum, 0x2c1b3c6d) >>> 1;
}
