/** `result: ticket` drops the envelope `{ticket: {…}}`: the field returns the ticket. */
import { addDirective, directiveNode } from './directive-node.ts';
import { mapRootFields } from './document.ts';
import type { Pass } from './pass.ts';
import { typeAt } from './result-path.ts';
import { optional } from './type-node.ts';

export const unwrapResults: Pass = (document, { config }) =>
  mapRootFields(document, (field) => {
    const path = config.operations[field.name.value]?.result;
    if (path === undefined) return field;
    const result = { ...field, type: optional(typeAt(document, field.type, path)) };
    return addDirective(result, directiveNode('vendorResult', { path }));
  });
