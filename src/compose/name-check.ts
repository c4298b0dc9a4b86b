/** Names of the graph: at most 40 characters, the vendor's prefix included, and each type's its own. */
import type { DocumentNode } from 'graphql';
import type { ConfigProblem } from '../config/config-error.ts';
import { isRoot, typesOf } from './document.ts';
import type { SourcePlan } from './pass.ts';
import { prefixedField, prefixedType } from './prefix.ts';
import { allSchemas } from './schema-walk.ts';

const MAX_LENGTH = 40;

export function nameProblems(document: DocumentNode, plan: SourcePlan): ConfigProblem[] {
  const types = typesOf(document);
  const names = types.map(({ name }) => name.value);
  const long = names
    .filter((name) => name.length > MAX_LENGTH)
    .map((name) => typeProblem(name, plan, tooLong(name, 'title')));
  const taken = names.filter((name, index) => names.indexOf(name) !== index);
  const repeated = taken.map((name) =>
    typeProblem(
      name,
      plan,
      `Found two types that become ${name}, expected one. Give one of the two schemas another title.`,
    ),
  );
  const fields = types.filter(isRoot).flatMap((type) => type.fields ?? []);
  const longFields = fields.map(({ name }) => name.value).filter((name) => name.length > MAX_LENGTH);
  return [...long, ...repeated, ...longFields.map((name) => fieldProblem(name, plan))];
}

function typeProblem(name: string, { vendor, openapi }: SourcePlan, message: string): ConfigProblem {
  const stem = name.replace(/(Connection|Edge)$/, '');
  const place = allSchemas(openapi).find(({ schema: { title = '' } }) =>
    [prefixedType(vendor, title), prefixedType(vendor, `${title}_Input`)].some(
      (made) => made === name || made === stem,
    ),
  );
  return openapi.problem([...(place?.at ?? []), 'title'], message, vendor);
}

function fieldProblem(name: string, { vendor, openapi }: SourcePlan): ConfigProblem {
  const operation = openapi.operations.find(({ id }) => prefixedField(vendor, id) === name);
  return openapi.problem([...(operation?.at ?? []), 'operationId'], tooLong(name, 'operationId'), vendor);
}

function tooLong(name: string, source: string): string {
  return `Found the name ${name} (${name.length} characters), expected at most ${MAX_LENGTH}. Shorten the ${source}.`;
}
