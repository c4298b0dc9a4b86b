/** Who is measured, in the table's order; each is a process of its own. */
import type { Print } from '../benchmark.ts';
import { startFlags } from '../gateway.ts';
import type { MeasuredProcess } from '../measured-process.ts';
import { buildMesh, installPeers, startApollo, startHive, startMesh } from './installed-peers.ts';
import { GRAPH, startOwn } from './own-process.ts';
import type { RootFields } from './question.ts';

const KEY = 'the-benchmark-key-of-ours';

export interface Peer {
  title: string;
  /** What must be there before it can start. */
  prepare?(print: Print): Promise<void>;
  start(upstream: string, env?: Readonly<Record<string, string>>): Promise<MeasuredProcess>;
  fields: RootFields;
  headers?: Readonly<Record<string, string>>;
}

const BY_HAND: RootFields = { tickets: 'tickets', customer: 'customer', id: 'ID' };
const FROM_OPENAPI: RootFields = { tickets: 'tickets', customer: 'customer', id: 'String' };

export const PEERS = {
  bare: { title: 'bare node:http', start: (upstream) => startOwn('bare.ts', { UPSTREAM: upstream }), fields: BY_HAND },
  yoga: {
    title: 'graphql-yoga by hand',
    start: (upstream) => startOwn('yoga.ts', { UPSTREAM: upstream }),
    fields: BY_HAND,
  },
  apollo: { title: 'Apollo Server by hand', prepare: installPeers, start: startApollo, fields: BY_HAND },
  mesh: { title: 'Mesh v0', prepare: buildMesh, start: startMesh, fields: FROM_OPENAPI },
  hive: { title: 'Hive Gateway', prepare: installPeers, start: startHive, fields: FROM_OPENAPI },
  ours: {
    title: 'vendorgraph',
    start: (upstream, env) =>
      startOwn('ours.ts', { UPSTREAM: upstream, VENDORGRAPH_API_KEY: KEY, GRAPH, ...env }, startFlags()),
    fields: { tickets: 'helpdeskTickets', customer: 'billingCustomer', id: 'ID' },
    headers: { authorization: `Bearer ${KEY}` },
  },
} satisfies Record<string, Peer>;

export type PeerName = keyof typeof PEERS;
