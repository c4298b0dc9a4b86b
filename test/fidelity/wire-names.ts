/** Looks up in the vendor's file what `vendor.yaml` calls by its name on the wire. */
import type { OperationConfig, PagingStyle, VendorConfig } from '../../src/config/vendor.ts';
import { carriedBy } from './content.ts';
import type { DeviationKind, Findings } from './deviation.ts';
import type { OpenApiDocument, Schema } from './openapi-document.ts';
import type { FoundOperation } from './operation-index.ts';
import type { ShapeReader } from './shape.ts';

export interface WireNameComparison {
  config: VendorConfig;
  ours: FoundOperation;
  theirs: FoundOperation;
  document: OpenApiDocument;
  readTheirs: ShapeReader;
  findings: Findings;
}

/** One name: what setting it stands in, what it says, and what of the vendor's it leads to. */
interface WireName {
  setting: string;
  name: string;
  found: readonly Schema[];
}

export function compareWireNames(comparison: WireNameComparison): void {
  const { config, ours, findings } = comparison;
  const operation = config.operations[ours.id] ?? {};
  const paging = operation.paging === undefined ? undefined : config.paging[operation.paging];
  const names = [
    ...operationNames(comparison, operation),
    ...(paging ? pagingNames(comparison, operation, paging) : []),
  ];
  for (const { setting, name, found } of names) {
    findings.count('wire names', `${ours.id}.${setting}`);
    if (found.length === 0) report(comparison, setting, 'unknown', name, 'nothing of that name');
  }
  if (paging !== undefined) compareMaximum(comparison, paging);
  compareHeaders(comparison, operation);
}

function operationNames(comparison: WireNameComparison, operation: OperationConfig): WireName[] {
  const { items, result, sparse, idempotency } = operation;
  const rows = itemsOf(comparison, answerAt(comparison, items));
  return [
    ...given('items', items, (path) => answerAt(comparison, path)),
    ...given('result', result, (path) => answerAt(comparison, path)),
    ...given('sparse.argument', sparse?.argument, (name) => argument(comparison, name, sparse?.in ?? 'query')),
    ...given('sparse.fields', sparse?.fields, (path) => walk(comparison, rows, path)),
    ...given('idempotency', idempotency, (name) => header(comparison, name)),
  ];
}

function pagingNames(comparison: WireNameComparison, { items }: OperationConfig, paging: PagingStyle): WireName[] {
  const rows = itemsOf(comparison, answerAt(comparison, items));
  const cursor = paging.style === 'offset' ? paging.offset : paging.cursor;
  return [
    ...given('paging.size', paging.size, (name) => argument(comparison, name, paging.in)),
    ...given('paging.cursor', cursor, (name) => argument(comparison, name, paging.in)),
    ...given('paging.more', paging.more, (path) => answerAt(comparison, path)),
    ...(paging.style === 'cursor' ? given('paging.next', paging.next, (path) => answerAt(comparison, path)) : []),
    ...(paging.style === 'lastId' ? given('paging.id', paging.id, (path) => walk(comparison, rows, path)) : []),
  ];
}

function given(setting: string, name: string | undefined, find: (name: string) => readonly Schema[]): WireName[] {
  return name === undefined ? [] : [{ setting, name, found: find(name) }];
}

/** A page larger than the vendor takes is refused, or silently cut. */
function compareMaximum(comparison: WireNameComparison, paging: PagingStyle): void {
  const { branches } = comparison.readTheirs(argument(comparison, paging.size, paging.in));
  const maximum = branches.find((branch) => branch.maximum !== undefined)?.maximum;
  if (maximum !== undefined && maximum < paging.maxSize)
    report(comparison, 'paging.maxSize', 'maximum', String(paging.maxSize), String(maximum));
}

/** Constant headers of the operation: the vendor names each, and where it says its value, ours is that. */
function compareHeaders(comparison: WireNameComparison, { headers = {} }: OperationConfig): void {
  for (const [name, value] of Object.entries(headers)) {
    const setting = `header.${name}`;
    const found = header(comparison, name);
    comparison.findings.count('wire names', `${comparison.ours.id}.${setting}`);
    if (found.length === 0) report(comparison, setting, 'unknown', value, 'no such header');
    const values = found.flatMap((schema) => schema.enum ?? schema.default ?? []);
    if (values.length > 0 && !values.includes(value)) report(comparison, setting, 'enum', value, values.join(', '));
  }
}

/** A query parameter, `page[limit]` as a member of `page`, or a property of the body. */
function argument(comparison: WireNameComparison, name: string, place: 'query' | 'body'): readonly Schema[] {
  const { theirs, document } = comparison;
  if (place === 'body') return walk(comparison, schemasOf(carriedBy(document, theirs.operation.requestBody)), name);
  const [, outer = name, member] = /^([^[]+)\[([^\]]+)\]$/.exec(name) ?? [];
  const queried = theirs.parameters.filter((parameter) => parameter.in === 'query');
  const whole = queried.filter((parameter) => parameter.name === name).flatMap(schemasOf);
  if (whole.length > 0 || member === undefined) return whole;
  return walk(comparison, queried.filter((parameter) => parameter.name === outer).flatMap(schemasOf), member);
}

function header({ theirs }: WireNameComparison, name: string): readonly Schema[] {
  const headers = theirs.parameters.filter((parameter) => parameter.in === 'header');
  return headers.filter((parameter) => parameter.name.toLowerCase() === name.toLowerCase()).flatMap(schemasOf);
}

/** What stands at a path of the vendor's answer; without a path, the answer. */
function answerAt(comparison: WireNameComparison, path = ''): readonly Schema[] {
  const { theirs, document } = comparison;
  const answers = Object.entries(theirs.operation.responses ?? {}).filter(([status]) => status.startsWith('2'));
  return walk(
    comparison,
    answers.flatMap(([, answer]) => schemasOf(carriedBy(document, answer))),
    path,
  );
}

function walk({ readTheirs }: WireNameComparison, from: readonly Schema[], path: string): readonly Schema[] {
  let schemas = from;
  for (const step of path.split('.').filter((part) => part !== '')) {
    schemas = readTheirs(schemas).branches.flatMap(({ properties, items }) =>
      /^\d+$/.test(step) ? items : (properties.get(step) ?? []),
    );
  }
  return schemas;
}

function itemsOf({ readTheirs }: WireNameComparison, schemas: readonly Schema[]): readonly Schema[] {
  return readTheirs(schemas).branches.flatMap(({ items }) => items);
}

function schemasOf(holder: { schema?: Schema } | undefined): readonly Schema[] {
  return holder?.schema === undefined ? [] : [holder.schema];
}

function report(
  { ours, findings }: WireNameComparison,
  setting: string,
  kind: DeviationKind,
  we: string,
  they: string,
): void {
  findings.report({ kind, operation: ours.title, at: `${ours.id}.${setting}`, ours: we, theirs: they });
}
