/** Pages that no list hands out: of sizes that cannot be, behind cursors made elsewhere or changed on the way. */
import fc from 'fast-check';
import type { GatewayUnderTest } from '../../gateway-under-test.ts';
import type { Tree } from '../asking.ts';
import type { ArgumentValues } from './arguments.ts';

/** One of each list, by root field. */
export type Cursors = Readonly<Record<string, string>>;

const LISTS = ['people', 'accounts', 'hubspotDeals', 'stripeCharges', 'zendeskTickets', 'resendEmails'] as const;

/** Cursors as the gateway makes them: a changed one must be one that held before. */
export async function readCursors(gateway: GatewayUnderTest): Promise<Cursors> {
  const { data } = await gateway.ask(`{ ${LISTS.map((list) => `${list}(first: 1) { pageInfo { endCursor } }`)} }`);
  return Object.fromEntries(LISTS.map((list) => [list, (data as Tree)[list].pageInfo.endCursor]));
}

/** Arguments with which the list called `name` is refused. */
export function refusedPages(name: string, cursors: Cursors): fc.Arbitrary<ArgumentValues> {
  const elsewhere = LISTS.filter((list) => list !== name).flatMap((list) => cursors[list] ?? []);
  const own = cursors[name] ?? elsewhere[0] ?? '';
  const changed = fc
    .nat({ max: own.length - 1 })
    .map((place) => own.slice(0, place) + (own[place] === 'A' ? 'B' : 'A') + own.slice(place + 1));
  return fc.oneof(
    fc.constantFrom(0, -1, 1_001, -2_147_483_648).map((first) => ({ first })),
    fc.constantFrom(...elsewhere).map((after) => ({ after })),
    changed.map((after) => ({ after })),
    fc.constantFrom('', 'nonsense', `${own}=`).map((after) => ({ after })),
  );
}
