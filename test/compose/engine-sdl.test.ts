/** What every graph folder gets from the engine, whatever its vendors have. */
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { copyGraph, type GraphCopy } from './graph-copy.ts';

async function composed(graph: GraphCopy): Promise<GraphQLSchema> {
  const { code, lines } = await graph.compose();
  expect(lines.join('\n')).not.toContain('Found');
  expect(code).toBe(0);
  return buildASTSchema(parse(graph.read('schema/composed.graphql')));
}

const definitionsOf = (text: string, name: string) => text.match(new RegExp(`^scalar ${name}\\b`, 'gm'))?.length ?? 0;

describe('the record of use', () => {
  it('is in a graph whose SDL says nothing of it, for who may read it', async () => {
    using graph = copyGraph();
    const schema = await composed(graph);
    const names = schema
      .getQueryType()
      ?.getFields()
      ['auditEvents']?.args.map(({ name }) => name);
    expect(names).toEqual(['filter', 'first', 'after']);
    expect(graph.read('schema/composed.graphql')).toMatch(
      /auditEvents\(.*\): AuditEventConnection! @scope\(requires: \["admin:read"\]\)/,
    );
  });

  it('has its own DateTime where no vendor has one, and shares the vendors’ where one has', async () => {
    using graph = copyGraph();
    await composed(graph);
    expect(definitionsOf(graph.read('schema/composed.graphql'), 'DateTime')).toBe(1);

    // The helpdesk alone has times as text.
    const [withoutHelpdesk = '', end = ''] = graph
      .read('.meshrc.yaml')
      .split(/ {2}- name: zendesk[\s\S]*?(?=additional)/);
    graph.write('.meshrc.yaml', withoutHelpdesk + end);
    graph.write('schema/unified.graphql', '');
    const schema = await composed(graph);
    expect(graph.read('schema/composed.graphql')).not.toContain('RFC 3339');
    expect(definitionsOf(graph.read('schema/composed.graphql'), 'DateTime')).toBe(1);
    expect(String(schema.getType('DateTime'))).toBe('DateTime');
  });

  it('refuses a field of that name in a graph folder, at its place there', async () => {
    using graph = copyGraph();
    graph.write(
      'schema/unified.graphql',
      `${graph.read('schema/unified.graphql')}\nextend type Query { auditEvents: [String] @scope(requires: []) }\n`,
    );
    const { code, lines } = await graph.compose();
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/^schema\/unified\.graphql:\d+:\d+ .*auditEvents/m);
  });
});
