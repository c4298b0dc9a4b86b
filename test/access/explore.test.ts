import { it } from 'vitest';
import { startAccessGateway, SMALL } from './access-gateway.ts';
import { TRANSPORTS, persist, LIVES, askBatch } from './transports.ts';
const times = (n: number, f: (i: number) => string) => Array.from({ length: n }, (_, i) => f(i)).join(' ');
const Q: Record<string, [any, string]> = {
  nokey: [undefined, '{ stripeInvoices(first: 1) { nodes { id } } }'],
  chars: ['small', `{ stripeInvoices(first: 1) { nodes { id } } } #${'x'.repeat(1500)}`],
  dup: ['reader', `{ stripeInvoices(first: 1) { nodes { ${times(700, () => 'id')} } } }`],
  rows: ['small', '{ people(first: 60) { nodes { tickets(first: 10) { nodes { id } } } } }'],
  cost: ['thrifty', '{ people(first: 20) { nodes { slackUser { id } } } }'],
  beyond: ['billing', '{ hubspotContacts(first: 1) { nodes { id } } }'],
  partly: ['billing', '{ stripeCustomers(first: 1) { nodes { id email } } hubspotContacts(first: 1) { nodes { id } } }'],
  masked: ['masked', '{ stripeCustomers(first: 1) { nodes { id email } } }'],
  spent: ['spent', '{ stripeInvoices(first: 1) { nodes { id } } }'],
  trusted: ['trusted', '{ stripeInvoices(first: 1) { nodes { id } } }'],
  mut: ['writer', 'mutation { slackPostMessage(input: { channel: "C1", text: "hi" }) { ts } }'],
};
it('x', async () => {
  await using g = await startAccessGateway([LIVES, ...Object.values(Q).map(([, q]) => q)]);
  await g.ask('{ __typename }', { key: g.keys.spent });
  for (const [name, [client, query]] of Object.entries(Q)) {
    await persist(g, query, g.keys.reader);
    for (const [t, transport] of Object.entries(TRANSPORTS)) {
      await g.control('POST', '/reset');
      const told: any = await transport.ask(g, { query, key: client && g.keys[client as 'small'] });
      const c = await g.calls();
      console.log(name, '|', t, '|', told.status, JSON.stringify({ ...told, status: undefined, headers: undefined }).slice(0, 330), JSON.stringify(c));
    }
    const b = await askBatch(g, { query, key: client && g.keys[client as 'small'] }, 2);
    console.log(name, '| batch', b.status, JSON.stringify(b.errors));
  }
}, 60000);
