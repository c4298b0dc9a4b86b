/** `$ref`: always inside the same file, always to something that exists. */
import type { ConfigProblem } from '../config/config-error.ts';
import type { YamlFile, YamlPath } from '../config/yaml-file.ts';

export function referenceProblems(yaml: YamlFile): ConfigProblem[] {
  return references(yaml.value, []).flatMap(({ reference, at }) => {
    const found = `Found $ref "${reference}"`;
    const problem = (message: string): ConfigProblem[] => [{ file: yaml.path, ...yaml.locate(at), message }];
    if (!reference.startsWith('#/')) return problem(`${found}, expected one inside this file: #/components/….`);
    if (target(yaml.value, reference) === undefined) {
      return problem(`${found}, expected it to lead somewhere. Correct it, or add what it names.`);
    }
    return leadsRound(yaml.value, reference) ? problem(`${found}, expected no circle of references.`) : [];
  });
}

/** Follows `$ref` to its end; the file has passed `referenceProblems`. */
export function resolveReference<Part extends { $ref?: string | undefined }>(document: unknown, part: Part): Part {
  if (part.$ref === undefined) return part;
  // What a $ref leads to has the kind of the place it stands in.
  return resolveReference(document, target(document, part.$ref) as Part);
}

function references(value: unknown, path: YamlPath): { reference: string; at: YamlPath }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = [...path, key];
    return key === '$ref' && typeof child === 'string' ? [{ reference: child, at }] : references(child, at);
  });
}

function target(document: unknown, reference: string): unknown {
  const steps = reference.slice(2).split('/');
  return steps.reduce<unknown>((value, step) => {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? Reflect.get(value, key)
      : undefined;
  }, document);
}

function leadsRound(document: unknown, reference: string): boolean {
  const seen = new Set<string>();
  for (let next: unknown = reference; typeof next === 'string'; ) {
    if (seen.has(next)) return true;
    seen.add(next);
    const found = target(document, next);
    next = typeof found === 'object' && found !== null ? Reflect.get(found, '$ref') : undefined;
  }
  return false;
}
