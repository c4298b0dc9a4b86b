/**
 * Whether what `@pii` marks can be masked. Null has to be possible where a mask has nothing to show: a vendor's field is
 * made nullable here, one of our own SDL is for its author to mend.
 */
import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind } from 'graphql';
import type { ConfigProblem } from '../config/config-error.ts';
import { isPiiCategory, type PiiCategory } from '../config/pii-category.ts';
import { hasTextMask } from '../rules/personal-data.ts';
import { argumentOf } from './directive-node.ts';
import { mapTypes } from './document.ts';
import { directivesNamed, fieldsTypes, hasFields } from './fields-type.ts';
import { placeOf } from './sdl-file.ts';
import { innerName, optional } from './type-node.ts';

/** Expects directives to stand on the fields they name. */
export function maskProblems(document: DocumentNode, fallback: string): ConfigProblem[] {
  return fieldsTypes(document).flatMap(({ name, fields = [] }) =>
    fields.flatMap((field) => {
      const problem = problemOf(`${name.value}.${field.name.value}`, field);
      const place = placeOf(directivesNamed(field, 'pii').find(({ loc }) => loc) ?? field, fallback);
      return problem === undefined ? [] : [{ ...place, message: problem }];
    }),
  );
}

/** Makes fields nullable whose mask may be null: after `maskProblems`, only vendors' are left. */
export function allowMasks(document: DocumentNode): DocumentNode {
  return mapTypes(document, (type) => {
    if (!hasFields(type)) return type;
    const allow = (field: FieldDefinitionNode) => (mayBeNull(field) ? { ...field, type: optional(field.type) } : field);
    return { ...type, fields: type.fields?.map(allow) ?? [] };
  });
}

function problemOf(coordinate: string, field: FieldDefinitionNode): string | undefined {
  const categories = categoriesOf(field);
  if (categories.length > 1)
    return `Found ${coordinate} in two categories of personal data, ${categories.join(' and ')}, expected one.`;
  const [category] = categories;
  if (category === undefined) return undefined;
  if (hasTextMask(category) && !isText(field))
    return `Found ${coordinate} as ${category}, but only text can be masked as that. Mark the fields of ${innerName(field.type)}, or take another category.`;
  if (!isVendors(field) && field.type.kind === Kind.NON_NULL_TYPE && mayBeNull(field))
    return `Found ${coordinate} as ${category}, which is masked as null, but it is never null. Drop the "!" behind its type.`;
  return undefined;
}

function mayBeNull(field: FieldDefinitionNode): boolean {
  return categoriesOf(field).some((category) => !hasTextMask(category));
}

function categoriesOf(field: FieldDefinitionNode): PiiCategory[] {
  const named = directivesNamed(field, 'pii').map((directive: ConstDirectiveNode) => argumentOf(directive, 'category'));
  return [...new Set(named.filter(isPiiCategory))];
}

function isText(field: FieldDefinitionNode): boolean {
  return ['String', 'ID'].includes(innerName(field.type));
}

/** What Mesh made has no place in a file. */
function isVendors({ loc }: FieldDefinitionNode): boolean {
  return loc === undefined;
}
