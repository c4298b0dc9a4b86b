/** Root selections as one GraphQL document, and where the cursors of the lists to walk are found in its answer. */
import { astFromValue, type GraphQLSchema, isObjectType, isUnionType, print } from 'graphql';
import type { FieldSelection, FragmentSelection, Selection } from './selection.ts';

export interface QueryText {
  text: string;
  variables: Record<string, unknown>;
  /** Lists to be read on: the variable of `after`, null as yet, and the way to the connection in the answer. */
  walks: Walk[];
}

export interface Walk {
  variable: string;
  /** The same for the same list in every query written of the same selections. */
  list: string;
  /** Place of the root selection. */
  root: number;
  path: readonly string[];
}

/** In every selection, under this alias: what a row is recognised by. */
export const KEY = 'key';

const KEYS: Readonly<Record<string, string>> = {
  Person: 'email',
  Account: 'domain',
  CalcomBooking: 'uid',
  BamboohrEmployee: 'employeeId',
  SlackMessage: 'ts',
  Identity: 'vendor',
};

interface Place {
  root: number;
  path: readonly string[];
  /** Not one of many: a cursor found here belongs to one list. */
  isSole: boolean;
}

/** Only the roots at `places`, which keep their aliases. */
export function writeQuery(
  roots: readonly FieldSelection[],
  schema: GraphQLSchema,
  places: readonly number[] = [...roots.keys()],
): QueryText {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fragments: string[] = [];
  const walks: QueryText['walks'] = [];
  let names = 0;
  const newName = (prefix: string): string => {
    names += 1;
    return `${prefix}${names}`;
  };
  const declare = (type: string, value: unknown): string => {
    const name = newName('v');
    declared.push(`$${name}: ${type}`);
    variables[name] = value;
    return name;
  };

  const writeArguments = (field: FieldSelection, place: Place): string => {
    const parent = schema.getType(field.type);
    const definition = isObjectType(parent) ? parent.getFields()[field.name] : undefined;
    const written = Object.entries(field.args).map(([name, value]) => {
      const type = definition?.args.find((one) => one.name === name)?.type;
      if (!type) throw new RangeError(`${field.type}.${field.name} takes no ${name}.`);
      if (field.inVariables) return `${name}: $${declare(String(type), value)}`;
      const literal = astFromValue(value, type);
      return `${name}: ${literal ? print(literal) : 'null'}`;
    });
    if (isWalked(field, place)) {
      const variable = declare('String', null);
      const { root, path } = place;
      const ordinal = walks.filter((walk) => walk.root === root).length;
      walks.push({ variable, list: `${root}:${ordinal}`, root, path });
      written.push(`after: $${variable}`);
    }
    return written.length === 0 ? '' : `(${written.join(', ')})`;
  };

  const writeField = (field: FieldSelection, parent: Place, alias?: string): string => {
    const hasArguments = Object.keys(field.args).length > 0 || field.connection !== undefined;
    const name = alias ?? (hasArguments || field.isAliased ? newName('a') : field.name);
    const place = { root: parent.root, path: [...parent.path, name], isSole: parent.isSole && !isPlainList(field) };
    const condition = field.condition
      ? ` @${field.condition.directive}(if: $${declare('Boolean!', field.condition.if)})`
      : '';
    const head = `${name === field.name ? '' : `${name}: `}${field.name}${writeArguments(field, place)}${condition}`;
    if (field.of === undefined) return head;
    return field.connection
      ? `${head} ${writeConnection(field, place)}`
      : `${head} ${writeSet(field.of, field.selection, place)}`;
  };

  const writeConnection = (field: FieldSelection, place: Place): string => {
    const { connection, of = '', selection } = field;
    const many = { ...place, isSole: false };
    const parts = [
      ...(connection?.nodes || !connection?.edges ? [`nodes ${writeSet(of, selection, many)}`] : []),
      ...(connection?.edges ? [`edges { cursor node ${writeSet(of, selection, many)} }`] : []),
      ...(connection?.pageInfo || isWalked(field, place) ? ['pageInfo { hasNextPage endCursor }'] : []),
    ];
    return `{ ${parts.join(' ')} }`;
  };

  const writeSet = (type: string, selection: readonly Selection[], place: Place): string => {
    const key = keyFields(type, schema);
    const parts = selection.map((one) => (one.kind === 'field' ? writeField(one, place) : writeFragment(one, place)));
    return `{ ${[...key, ...parts].join(' ')} }`;
  };

  const writeFragment = ({ style, type, selection }: FragmentSelection, place: Place): string => {
    const set = writeSet(type, selection, place);
    if (style === 'bare') return `... ${set}`;
    if (style === 'inline') return `... on ${type} ${set}`;
    const name = newName('F');
    fragments.push(`fragment ${name} on ${type} ${set}`);
    return `...${name}`;
  };

  const body = places
    .flatMap((place) => {
      const root = roots[place];
      return root ? [writeField(root, { root: place, path: [], isSole: true }, `q${place}`)] : [];
    })
    .join('\n  ');
  const head = declared.length === 0 ? 'query' : `query(${declared.join(', ')})`;
  return { text: [`${head} {\n  ${body}\n}`, ...fragments].join('\n'), variables, walks };
}

/** A list that is asked for with a cursor of its own choice is not read on. */
function isWalked({ connection, args }: FieldSelection, { isSole }: Place): boolean {
  return connection?.walked === true && isSole && !Object.hasOwn(args, 'after');
}

function keyFields(type: string, schema: GraphQLSchema): readonly string[] {
  const definition = schema.getType(type);
  if (isUnionType(definition))
    return ['__typename', ...definition.getTypes().map(({ name }) => `... on ${name} { ${keyFields(name, schema)} }`)];
  return type.endsWith('Properties') ? [] : [`${KEY}: ${KEYS[type] ?? 'id'}`];
}

const PLAIN_LISTS: ReadonlySet<string> = new Set([
  'ResendEmail.recipients',
  'CalcomBooking.attendees',
  'Person.identities',
  'Account.identities',
]);

function isPlainList({ type, name }: FieldSelection): boolean {
  return PLAIN_LISTS.has(`${type}.${name}`);
}
