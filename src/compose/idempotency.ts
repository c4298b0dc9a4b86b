/** Marks writes that a vendor repeats safely when they carry the same key. */
import { addDirective, directiveNode } from './directive-node.ts';
import { mapRootFields } from './document.ts';
import type { Pass } from './pass.ts';

export const markIdempotency: Pass = (document, { config }) =>
  mapRootFields(document, (field) => {
    const header = config.operations[field.name.value]?.idempotency;
    return header === undefined ? field : addDirective(field, directiveNode('idempotency', { header }));
  });
