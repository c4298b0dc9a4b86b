/** Whether every field has a rule, and every rule names scopes that exist: what nobody thought of is open to nobody. */
import { basename } from 'node:path';
import type { ConstDirectiveNode, DocumentNode, FieldDefinitionNode } from 'graphql';
import { allScopes } from '../auth/api-keys.ts';
import type { ConfigProblem } from '../config/config-error.ts';
import type { GraphFolder } from '../config/graph-folder.ts';
import { argumentOf } from './directive-node.ts';
import { directivesNamed, type FieldsType, fieldsTypes } from './fields-type.ts';
import { perhaps } from './near-names.ts';
import { placeOf } from './sdl-file.ts';

/** Expects extensions to be folded and directives to stand on the fields they name. */
export function accessProblems(document: DocumentNode, folder: GraphFolder): ConfigProblem[] {
  return [...scopeProblems(document, folder), ...unguardedProblems(document, folder)];
}

function scopeProblems(document: DocumentNode, { sources, mesh }: GraphFolder): ConfigProblem[] {
  const known = allScopes(sources.map(({ vendor }) => vendor));
  const directives = new Set(fieldsTypes(document).flatMap(scopesIn));
  return [...directives].flatMap((directive) =>
    requiredBy(directive)
      .filter((scope) => !known.includes(scope))
      .map((scope) => ({
        ...placeOf(directive, mesh.yaml.path),
        message: `Found scope "${scope}", expected <vendor>:read or <vendor>:write of a source, or one of ${OTHERS}${perhaps(scope, known)}.`,
      })),
  );
}

const OTHERS = allScopes([]).join(', ');

function scopesIn(type: FieldsType): ConstDirectiveNode[] {
  return [type, ...(type.fields ?? [])].flatMap((node) => directivesNamed(node, 'scope'));
}

function requiredBy(directive: ConstDirectiveNode): string[] {
  return [argumentOf(directive, 'requires') ?? []].flat().map(String);
}

/** One problem for all, since one file mends them. */
function unguardedProblems(document: DocumentNode, { sdlFiles, mesh }: GraphFolder): ConfigProblem[] {
  const unguarded = fieldsTypes(document).flatMap((type) =>
    fieldsWithoutRule(type).map((field) => ({ type: type.name.value, field })),
  );
  const [first] = unguarded;
  if (first === undefined) return [];
  const shown = unguarded.slice(0, MOST_NAMED).map(({ type, field }) => `${type}.${field.name.value}`);
  const names = [
    ...shown,
    ...(unguarded.length > MOST_NAMED ? [`and ${unguarded.length - MOST_NAMED} more`] : []),
  ].join(', ');
  const file = sdlFiles.some((path) => basename(path) === 'access.graphql')
    ? 'schema/access.graphql'
    : 'an SDL file such as schema/access.graphql, named under additionalTypeDefs in .meshrc.yaml';
  const example = `extend type ${first.type} @scope(requires: ["…:read"], fields: ["${first.field.name.value}"])`;
  const message =
    `Found no rule for ${names}, expected @scope to say who may see each. Write it in ${file}: ${example}; ` +
    'an empty list of scopes opens a field to every caller we know.';
  return [{ ...placeOf(first.field, mesh.yaml.path), message }];
}

/** More would hide what to do about it. */
const MOST_NAMED = 20;

function fieldsWithoutRule(type: FieldsType): FieldDefinitionNode[] {
  if (directivesNamed(type, 'scope').length > 0) return [];
  return (type.fields ?? []).filter((field) => directivesNamed(field, 'scope').length === 0);
}
