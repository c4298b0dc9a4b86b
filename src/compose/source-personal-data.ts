/** `personalData` of vendor.yaml becomes `@pii` on the vendor's fields. */
import type { DocumentNode } from 'graphql';
import type { ConfigProblem } from '../config/config-error.ts';
import type { YamlPath } from '../config/yaml-file.ts';
import { enumDirectiveNode } from './directive-node.ts';
import { mapTypes } from './document.ts';
import { fieldsTypes, hasFields, withDirectives } from './fields-type.ts';
import { perhaps } from './near-names.ts';
import type { Pass, SourcePlan } from './pass.ts';
import { prefixedType } from './prefix.ts';

/** The document has our names already. */
export const markPersonalData: Pass = (document, { vendor, config }) => {
  const entries = Object.entries(config.personalData);
  const byType = new Map(entries.map(([name, fields]) => [prefixedType(vendor, name), fields]));
  return mapTypes(document, (type) => {
    const marked = byType.get(type.name.value);
    if (marked === undefined || !hasFields(type)) return type;
    const fields = type.fields?.map((field) => {
      const category = marked[field.name.value];
      return category === undefined
        ? field
        : withDirectives(field, [enumDirectiveNode('pii', 'category', category.toUpperCase())]);
    });
    return { ...type, fields: fields ?? [] };
  });
};

/** Names in `personalData` that the graph does not have. */
export function personalDataProblems(
  document: DocumentNode,
  { vendor, config, vendorYaml }: SourcePlan,
): ConfigProblem[] {
  const prefix = prefixedType(vendor, '');
  const types = new Map(fieldsTypes(document).map((type) => [type.name.value.slice(prefix.length), type]));
  const at = (steps: YamlPath, message: string): ConfigProblem => ({
    file: vendorYaml.path,
    ...vendorYaml.locate(['personalData', ...steps]),
    subject: vendor,
    message,
  });
  return Object.entries(config.personalData).flatMap(([name, marked]) => {
    const type = types.get(name);
    if (type === undefined)
      return [
        at(
          [name],
          `Found type "${name}", expected an object type of the graph, without prefix${perhaps(name, types.keys())}.`,
        ),
      ];
    const known = (type.fields ?? []).map((field) => field.name.value);
    return Object.keys(marked)
      .filter((field) => !known.includes(field))
      .map((field) =>
        at([name, field], `Found field "${field}", which ${name} does not have${perhaps(field, known)}.`),
      );
  });
}
