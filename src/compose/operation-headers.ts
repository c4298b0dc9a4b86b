/** Constant headers of one operation, such as a version that only this endpoint wants. */
import { mapRootFields } from './document.ts';
import { readHttpOperation, writeHttpOperation } from './http-operation.ts';
import type { Pass } from './pass.ts';

export const addOperationHeaders: Pass = (document, { config }) =>
  mapRootFields(document, (field) => {
    const added = Object.entries(config.operations[field.name.value]?.headers ?? {});
    if (added.length === 0) return field;
    const http = readHttpOperation(field);
    const names = added.map(([name]) => name.toLowerCase());
    const kept = http.headers.filter(([name]) => !names.includes(name.toLowerCase()));
    return writeHttpOperation(field, { ...http, headers: [...kept, ...added] });
  });
