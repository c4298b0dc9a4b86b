/** What is wrong with a join file is said at start: which file, what stands there, what to do. */
import { expect, it } from 'vitest';
import { runCommand } from '../start/running-command.ts';
import { copyExample } from './example-copy.ts';

const FIELD = '() => null';

/** What `joins/open-invoices.ts` holds instead, and further join files by name. */
interface Case {
  name: string;
  files: Record<string, string>;
  says: (string | RegExp)[];
}

const CASES: readonly Case[] = [
  {
    name: 'is not there',
    files: { 'gone.ts': '' },
    says: [/^own-join\/\.meshrc\.yaml:\d+:5 {2}Found no file \S+joins\/gone\.ts, expected a join file\.$/],
  },
  {
    name: 'exports nothing by default',
    files: { 'open-invoices.ts': 'export const join = {};' },
    says: [
      'own-join/joins/open-invoices.ts  Found no default export, expected export default defineJoin({ Type: { field: resolver } }).',
    ],
  },
  {
    name: 'exports a list',
    files: { 'open-invoices.ts': 'export default [];' },
    says: [/Found a default export that is no join, expected export default defineJoin/],
  },
  {
    name: 'has a field that is no function',
    files: { 'open-invoices.ts': 'export default { ZendeskTicket: { openInvoices: 7 } };' },
    says: [/Found something that is no function in ZendeskTicket\.openInvoices, expected/],
  },
  {
    name: 'has a function where fields should be',
    files: { 'open-invoices.ts': `export default { openInvoices: ${FIELD} };` },
    says: [/Found no fields under openInvoices, expected/],
  },
  {
    name: 'throws',
    files: { 'open-invoices.ts': 'throw new Error("no rates today");' },
    says: [
      'own-join/joins/open-invoices.ts  Found a file that cannot be loaded: no rates today. Correct it, or take it out of additionalResolvers.',
    ],
  },
  {
    name: 'is no TypeScript',
    files: { 'open-invoices.ts': 'export default {' },
    says: [/^own-join\/joins\/open-invoices\.ts {2}Found a file that cannot be loaded: .+ Correct it, or/],
  },
  {
    name: 'does not find the engine',
    files: { 'open-invoices.ts': 'import "vendorgraph";' },
    says: [
      /^own-join\/joins\/open-invoices\.ts {2}Found a file that cannot be loaded: .*'vendorgraph'.* Make the engine a dependency of this folder: /,
    ],
  },
  {
    name: 'joins a type the graph lacks',
    files: { 'open-invoices.ts': `export default { ZendeskTickets: { openInvoices: ${FIELD} } };` },
    says: [
      'own-join/joins/open-invoices.ts  Found a join for ZendeskTickets.openInvoices, but the graph has no object type ZendeskTickets. Correct the name.',
    ],
  },
  {
    name: 'joins a field the type lacks',
    files: { 'open-invoices.ts': `export default { ZendeskTicket: { openInvoice: ${FIELD} } };` },
    says: [
      'own-join/joins/open-invoices.ts  Found a join for ZendeskTicket.openInvoice, but ZendeskTicket has no such field. Declare it in a file of additionalTypeDefs and run npm run compose.',
    ],
  },
  {
    name: 'answers for a vendor',
    files: { 'open-invoices.ts': `export default { Query: { stripeInvoices: ${FIELD} } };` },
    says: [
      /Found a join for Query\.stripeInvoices, which a vendor operation answers already\. Give yours another name\.$/,
    ],
  },
  {
    name: 'joins what another file joins',
    files: {
      'open-invoices.ts': `export default { ZendeskTicket: { openInvoices: ${FIELD} } };`,
      'second.ts': `export default { ZendeskTicket: { openInvoices: ${FIELD} } };`,
    },
    says: [
      /^own-join\/joins\/second\.ts {2}Found a join for ZendeskTicket\.openInvoices, which \S*joins\/open-invoices\.ts has, too\. Remove one of the two\.$/,
    ],
  },
  {
    name: 'leaves a declared field to nobody',
    files: { 'open-invoices.ts': 'export default {};' },
    says: [
      'own-join/schema/composed.graphql  Found ZendeskTicket.openInvoices, which no join answers. Name its join file under additionalResolvers in .meshrc.yaml.',
    ],
  },
  {
    name: 'is one of two that are wrong',
    files: { 'open-invoices.ts': 'export default 1;', 'second.ts': 'export {};' },
    says: [
      /^own-join\/joins\/open-invoices\.ts {2}Found a default export/,
      /^own-join\/joins\/second\.ts {2}Found no default/,
    ],
  },
  {
    name: 'is a URL',
    files: { 'https://example.com/join.ts': '' },
    says: [/^own-join\/\.meshrc\.yaml:\d+:5 {2}Found "https:.*" in "additionalResolvers\.0", expected a path/],
  },
];

it.each(CASES)('refuses a join file that $name', async ({ files, says }) => {
  using example = copyExample(files);
  await using command = runCommand(['start', '--graph', example.dir]);
  expect(await command.ended).toEqual({ code: 1, signal: null });
  const lines = command.stderr().replaceAll(`${example.parent}/`, '').trimEnd().split('\n');
  expect(lines).toEqual(says.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))));
});
