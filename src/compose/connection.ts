/** Lists that a vendor pages become Relay connections; the vendor's own paging arguments and list envelope go. */
import { type DefinitionNode, type FieldDefinitionNode, type InputValueDefinitionNode, Kind, parse } from 'graphql';
import type { OperationConfig, PagingStyle } from '../config/vendor.ts';
import { addDirective, directiveNode, wireName } from './directive-node.ts';
import { mapRootFields, mapTypes, typesOf } from './document.ts';
import { readHttpOperation, writeHttpOperation } from './http-operation.ts';
import { pageNames, queryParameter } from './page-parameters.ts';
import type { Pass, SourcePlan } from './pass.ts';
import { typeAt } from './result-path.ts';
import { innerName, named, required } from './type-node.ts';

export const makeConnections: Pass = (document, plan) => {
  const rowNames = new Set<string>();
  const paged = mapRootFields(document, (field) => {
    const page = pageOf(field, plan);
    if (page === undefined) return field;
    const rowName = innerName(typeAt(document, field.type, page.items));
    rowNames.add(rowName);
    const returned = {
      ...withoutWireArguments(field, page.style, plan),
      type: required(named(`${rowName}Connection`)),
    };
    return addDirective(withPageArguments(returned), pagingDirective(page));
  });
  const lean = withoutWireInputFields(paged, plan);
  const existing = new Set(typesOf(document).map((type) => type.name.value));
  const connections = [...rowNames].filter((name) => !existing.has(`${name}Connection`)).flatMap(connectionTypes);
  return { ...lean, definitions: [...lean.definitions, ...connections] };
};

interface PagedOperation {
  style: PagingStyle;
  items: string;
}

function pageOf(field: FieldDefinitionNode, { config }: SourcePlan): PagedOperation | undefined {
  const operation: OperationConfig | undefined = config.operations[field.name.value];
  const style = config.paging[operation?.paging ?? ''];
  return style === undefined || operation?.items === undefined ? undefined : { style, items: operation.items };
}

function withoutWireArguments(
  field: FieldDefinitionNode,
  style: PagingStyle,
  { openapi, operations }: SourcePlan,
): FieldDefinitionNode {
  const operation = operations.get(field.name.value);
  if (style.in === 'body' || operation === undefined) return field;
  const http = readHttpOperation(field);
  const dropped = pageNames(style).map((name) => http.query[queryParameter(openapi, operation, name)?.name ?? name]);
  const query = Object.fromEntries(Object.entries(http.query).filter(([, argument]) => !dropped.includes(argument)));
  const kept = field.arguments?.filter(({ name }) => !dropped.includes(name.value)) ?? [];
  return writeHttpOperation({ ...field, arguments: kept }, { ...http, query });
}

function withoutWireInputFields(document: Parameters<Pass>[0], plan: SourcePlan): ReturnType<Pass> {
  const dropped = new Map<string, string[]>();
  mapRootFields(document, (field) => {
    const page = pageOf(field, plan);
    const input = field.arguments?.find(({ name }) => name.value === 'input');
    if (page?.style.in === 'body' && input) dropped.set(innerName(input.type), pageNames(page.style));
    return field;
  });
  return mapTypes(document, (type) => {
    const names = dropped.get(type.name.value);
    if (names === undefined || type.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) return type;
    return { ...type, fields: type.fields?.filter((field) => !names.includes(wireName(field))) ?? [] };
  });
}

function withPageArguments(field: FieldDefinitionNode): FieldDefinitionNode {
  return { ...field, arguments: [...(field.arguments ?? []), ...PAGE_ARGUMENTS] };
}

function pagingDirective({ style, items }: PagedOperation): ReturnType<typeof directiveNode> {
  return directiveNode('paging', {
    style: style.style,
    items,
    in: style.in,
    size: style.size,
    cursor: style.style === 'offset' ? undefined : style.cursor,
    offset: style.style === 'offset' ? style.offset : undefined,
    unit: style.style === 'offset' ? style.unit : undefined,
    first: style.style === 'offset' ? style.first : undefined,
    id: style.id,
    next: style.style === 'cursor' ? style.next : undefined,
    more: style.more,
    maxSize: style.maxSize,
    maxRows: style.style === 'offset' ? style.maxRows : undefined,
    order: style.style === 'lastId' ? style.order?.path : undefined,
    direction: style.style === 'lastId' ? style.order?.direction : undefined,
  });
}

function connectionTypes(row: string): readonly DefinitionNode[] {
  return parse(
    `type ${row}Connection {
      edges: [${row}Edge!]
      "The rows themselves, for callers that need no cursors."
      nodes: [${row}]
      pageInfo: PageInfo
    }
    type ${row}Edge {
      "Continues after this row: after."
      cursor: String!
      node: ${row}
    }`,
    { noLocation: true },
  ).definitions;
}

const PAGE_ARGUMENTS = readArguments('first: Int = 20, after: String');

function readArguments(text: string): readonly InputValueDefinitionNode[] {
  const [type] = parse(`type Query { field(${text}): Int }`, { noLocation: true }).definitions;
  return (type?.kind === Kind.OBJECT_TYPE_DEFINITION ? type.fields?.[0]?.arguments : undefined) ?? [];
}
