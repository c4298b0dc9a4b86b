/** Says zod's issues in our words, each at the line of the offending key. */
import type { z } from 'zod';
import type { ConfigProblem } from './config-error.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

/** The parsed value, or every problem of the file. */
export function checkAgainst<Schema extends z.ZodType>(
  schema: Schema,
  file: YamlFile,
): { value: z.output<Schema>; problems: [] } | { value: undefined; problems: ConfigProblem[] } {
  const result = schema.safeParse(file.value);
  if (result.success) return { value: result.data, problems: [] };
  return { value: undefined, problems: result.error.issues.flatMap((issue) => problemsOf(issue, file)) };
}

function problemsOf(issue: Issue, file: YamlFile): ConfigProblem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const at = (steps: YamlPath, message: string): ConfigProblem => ({
    file: file.path,
    ...file.locate(steps),
    message,
  });
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      at([...path, key], `Found unknown key "${key}"${inside(path)}. Remove it or correct its name.`),
    );
  }
  const found = valueAt(file.value, path);
  const name = path.length === 0 ? 'the file' : `"${path.join('.')}"`;
  if (found === undefined) return [at(path, `Found no ${name}, expected ${expectation(issue)}.`)];
  if (issue.message.includes('secret://')) return [at(path, `Found something else in ${name}, ${issue.message}.`)];
  return [at(path, `Found ${describe(found, issue)} in ${name}, expected ${expectation(issue)}.`)];
}

function inside(path: YamlPath): string {
  return path.length === 0 ? '' : ` in "${path.join('.')}"`;
}

function expectation(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message.slice('expected '.length);
  switch (issue.code) {
    case 'invalid_type':
      return article(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return unionExpectation(issue);
    case 'invalid_format':
      return formatExpectation(issue);
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function unionExpectation(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  if (options.length > 0) return `one of ${options.join(', ')}`;
  return issue.errors.map((branch) => (branch[0] ? expectation(branch[0]) : issue.message)).join(' or ');
}

function formatExpectation(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  return issue.format === 'url' ? 'a URL that begins with https://' : `a ${issue.format}`;
}

function article(type: string): string {
  if (type === 'tuple') return 'a list of one entry';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** The value where its text matters, its kind where the kind is wrong: there it may be a secret written as a number. */
function describe(value: unknown, issue: Issue): string {
  const isKind = issue.code === 'invalid_type' || (issue.code === 'invalid_union' && !('options' in issue));
  if (isKind) return kindOf(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : article(typeof value);
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((current, step) => {
    return typeof current === 'object' && current !== null ? Reflect.get(current, step) : undefined;
  }, value);
}
