/**
 * The part of SQL that People Data Labs' search takes: `SELECT * FROM person WHERE …` with AND, OR, NOT, brackets,
 * comparisons, IN, LIKE and IS NULL. Columns and LIMIT are accepted and mean nothing, as there. A list matches when one
 * of its elements does; text is compared without regard to case.
 */
export type Predicate = (record: unknown) => boolean;

/** Its message names what was not understood, for the vendor's 400. */
export class SqlError extends Error {}

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.]*)|(<>|!=|<=|>=|[=<>(),*]))/y;

interface Token {
  kind: 'text' | 'number' | 'word' | 'sign';
  value: string;
}

export function parseSql(sql: string, table: 'person' | 'company'): Predicate {
  const reader = createReader(tokenize(sql));
  reader.keyword('SELECT');
  while (!reader.takeIf('FROM')) reader.next();
  if (reader.next().value.toLowerCase() !== table) throw new SqlError(`The query must select from ${table}.`);
  if (reader.done()) return () => true;
  reader.keyword('WHERE');
  const predicate = parseOr(reader);
  if (reader.takeIf('LIMIT')) reader.next();
  if (!reader.done()) throw new SqlError(`Unexpected ${reader.next().value}.`);
  return predicate;
}

function tokenize(sql: string): Token[] {
  const source = sql.trim().replace(/;$/, '').trimEnd();
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(source);
    if (found === null) throw new SqlError(`Cannot read ${source.slice(at, at + 20)}.`);
    const [, text, number, word, sign] = found;
    if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else tokens.push({ kind: 'sign', value: sign ?? '' });
  }
  return tokens;
}

type Reader = ReturnType<typeof createReader>;

function createReader(tokens: readonly Token[]) {
  let at = 0;
  const next = (): Token => {
    const token = tokens[at];
    if (token === undefined) throw new SqlError('The query ends too early.');
    at += 1;
    return token;
  };
  const takeIf = (value: string): boolean => {
    const token = tokens[at];
    if (token === undefined || token.kind === 'text' || token.value.toUpperCase() !== value) return false;
    at += 1;
    return true;
  };
  const keyword = (value: string): void => {
    if (!takeIf(value)) throw new SqlError(`Expected ${value}.`);
  };
  return { next, takeIf, keyword, done: () => at >= tokens.length };
}

function parseOr(reader: Reader): Predicate {
  const parts = [parseAnd(reader)];
  while (reader.takeIf('OR')) parts.push(parseAnd(reader));
  return (record) => parts.some((part) => part(record));
}

function parseAnd(reader: Reader): Predicate {
  const parts = [parseNot(reader)];
  while (reader.takeIf('AND')) parts.push(parseNot(reader));
  return (record) => parts.every((part) => part(record));
}

function parseNot(reader: Reader): Predicate {
  if (!reader.takeIf('NOT')) return parseCondition(reader);
  const part = parseNot(reader);
  return (record) => !part(record);
}

function parseCondition(reader: Reader): Predicate {
  if (reader.takeIf('(')) {
    const inner = parseOr(reader);
    reader.keyword(')');
    return inner;
  }
  const field = reader.next();
  if (field.kind !== 'word') throw new SqlError(`Expected a field, found ${field.value}.`);
  const path = field.value.split('.');
  const negated = reader.takeIf('NOT');
  const test = parseTest(reader, negated);
  return (record) => test(valuesAt(record, path)) !== negated;
}

function parseTest(reader: Reader, negated: boolean): (values: readonly unknown[]) => boolean {
  if (reader.takeIf('IS')) {
    const wantsValue = reader.takeIf('NOT');
    reader.keyword('NULL');
    return (values) => values.length > 0 === wantsValue;
  }
  if (reader.takeIf('IN')) {
    const wanted = parseList(reader);
    return (values) => values.some((value) => wanted.includes(comparable(value)));
  }
  if (reader.takeIf('LIKE')) {
    const pattern = likePattern(reader.next().value);
    return (values) => values.some((value) => pattern.test(String(value)));
  }
  const operator = reader.next().value;
  const compare = COMPARISONS[operator];
  if (compare === undefined || negated) throw new SqlError(`Unexpected ${operator}.`);
  const wanted = literal(reader);
  return (values) => compare(values.map(comparable), wanted);
}

type Comparable = string | number;

const COMPARISONS: Record<string, (values: Comparable[], wanted: Comparable) => boolean> = {
  '=': (values, wanted) => values.includes(wanted),
  '!=': (values, wanted) => !values.includes(wanted),
  '<>': (values, wanted) => !values.includes(wanted),
  '<': (values, wanted) => values.some((value) => value < wanted),
  '<=': (values, wanted) => values.some((value) => value <= wanted),
  '>': (values, wanted) => values.some((value) => value > wanted),
  '>=': (values, wanted) => values.some((value) => value >= wanted),
};

function parseList(reader: Reader): Comparable[] {
  reader.keyword('(');
  const list = [literal(reader)];
  while (reader.takeIf(',')) list.push(literal(reader));
  reader.keyword(')');
  return list;
}

function literal(reader: Reader): Comparable {
  const { kind, value } = reader.next();
  if (kind === 'number') return Number(value);
  if (kind === 'text') return value.toLowerCase();
  if (/^(true|false)$/i.test(value)) return value.toLowerCase();
  throw new SqlError(`Expected a value, found ${value}.`);
}

function likePattern(like: string): RegExp {
  const escaped = like.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'is');
}

function comparable(value: unknown): Comparable {
  return typeof value === 'number' ? value : String(value).toLowerCase();
}

/** Every value at the path; lists on the way are walked through, null and absent ones left out. */
function valuesAt(record: unknown, path: readonly string[]): unknown[] {
  if (record === null || record === undefined) return [];
  if (Array.isArray(record)) return record.flatMap((element) => valuesAt(element, path));
  const [key, ...rest] = path;
  if (key === undefined) return [record];
  return typeof record === 'object' && Object.hasOwn(record, key) ? valuesAt(Reflect.get(record, key), rest) : [];
}
