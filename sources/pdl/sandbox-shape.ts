/** How an answer is shaped on request: which fields, capitals, and which fields a match must have. */

type Fields = Readonly<Record<string, unknown>>;

/** `data_include`: `a,b` keeps these, `-a,b` drops these, an empty text drops all. Absent or null keeps everything. */
export function includeFields(record: Fields, dataInclude: string | null | undefined): Fields {
  if (dataInclude === null || dataInclude === undefined) return record;
  const excludes = dataInclude.startsWith('-');
  const names = new Set(
    dataInclude
      .replace(/^-/, '')
      .split(',')
      .map((name) => name.trim().split('.')[0]),
  );
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name) !== excludes));
}

/** `required`: `emails AND (job_title OR skills)`; read from left to right, brackets are not nested. An unknown field is never there. */
export function hasRequired(record: Fields, required: string | undefined): boolean {
  if (required === undefined || required.trim() === '') return true;
  const has = (name: string) => isKnown(record[name.trim().split('.')[0] ?? '']);
  const groups = required.replace(/[()]/g, '').split(/\s+AND\s+/i);
  return groups.every((group) => group.split(/\s+OR\s+/i).some(has));
}

function isKnown(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

const VERBATIM = /(^id|_id|url|username|website|email|address|network|type|status|size|date|role|_updated|levels)$/;

/** `titlecase`: names, titles and places with capitals; ids, addresses and fixed words as they are. */
export function titlecase(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    return VERBATIM.test(key)
      ? value
      : value.replace(/(^|[\s-])(\p{Ll})/gu, (_all, before, letter) => before + letter.toUpperCase());
  }
  if (Array.isArray(value)) return value.map((element) => titlecase(element, key.replace(/s$/, '')));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, titlecase(inner, name)]));
}
