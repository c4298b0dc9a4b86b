/**
 * How a field's arguments are read. Nearly all are plain values and variables that were given: those are put together here. For
 * defaults, lists, objects and errors, graphql-js has the word, each time.
 */
import { type FieldNode, type GraphQLField, getArgumentValues } from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

/** A new object for each call. Throws the GraphQLError of an argument that does not fit. */
export type ReadArguments = (variables: Variables) => Record<string, unknown>;

type Field = GraphQLField<unknown, unknown>;

export function planArguments(field: Field, node: FieldNode): ReadArguments {
  if (field.args.length === 0) return none;
  const anew: ReadArguments = (variables) => getArgumentValues(field, node, variables);
  const asked: { name: string; variable: string }[] = [];
  for (const { name, value } of node.arguments ?? []) {
    if (value.kind === 'ListValue' || value.kind === 'ObjectValue') return anew;
    if (value.kind === 'Variable') asked.push({ name: name.value, variable: value.name.value });
  }
  const written = createWritten(field, node, new Set(asked.map(({ name }) => name)));
  return (variables) => {
    for (const { variable } of asked) if (!isGiven(variables, variable)) return anew(variables);
    const same = written();
    if (!same) return anew(variables);
    const args = { ...same };
    for (const { name, variable } of asked) args[name] = variables[variable];
    return args;
  };
}

function none(): Record<string, unknown> {
  return {};
}

/** One that is null, or that is not there, may stand for a default or be wrong. */
function isGiven(variables: Variables, name: string): boolean {
  return Object.hasOwn(variables, name) && variables[name] !== null && variables[name] !== undefined;
}

/** What no variable has a say in, read when it is first asked for; undefined where a call could change it for the next one. */
function createWritten(field: Field, node: FieldNode, variable: ReadonlySet<string>) {
  let known: { values: Record<string, unknown> | undefined } | undefined;
  return (): Record<string, unknown> | undefined => {
    if (known) return known.values;
    const args = field.args.filter(({ name }) => !variable.has(name));
    const values = getArgumentValues({ ...field, args }, node, {});
    known = { values: Object.values(values).every(isPlain) ? values : undefined };
    return known.values;
  };
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
