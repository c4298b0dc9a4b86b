/** Subscriptions of the paying companies. A company pays in one currency. */
import type { Random } from '../random.ts';
import type { WorldCompany, WorldPrice, WorldSubscription } from '../world.ts';
import { SHOWCASE_COMPANY } from './companies.ts';
import { longStripeId } from './identifiers.ts';
import { at } from './list.ts';
import { ago, between, DAY_MS, instant, NOW_MS } from './moments.ts';

const SUBSCRIPTION_COUNT = 400;
const SHOWCASE_SUBSCRIPTIONS = 3;
const STATUSES = [
  ...Array<'active'>(14).fill('active'),
  'trialing',
  'past_due',
  'canceled',
  'canceled',
  'canceled',
  'unpaid',
] as const;

export const PERIOD_MS = { month: 30 * DAY_MS, year: 365 * DAY_MS } satisfies Record<WorldPrice['interval'], number>;

export function generateSubscriptions(
  random: Random,
  companies: readonly WorldCompany[],
  prices: readonly WorldPrice[],
): WorldSubscription[] {
  const paying = companies.filter(({ ids }) => ids.stripe !== undefined);
  return Array.from({ length: SUBSCRIPTION_COUNT }, (_, index) => {
    const showcase = index < SHOWCASE_SUBSCRIPTIONS;
    const company = showcase ? at(companies, SHOWCASE_COMPANY) : chooseCompany(random, paying, index);
    const price = random.pick(prices.filter(({ currency }) => currency === currencyOf(company)));
    return generateSubscription(random, company.index, price, showcase ? 'active' : random.pick(STATUSES));
  });
}

/** Everyone once, then at random: every customer has a subscription. */
function chooseCompany(random: Random, paying: readonly WorldCompany[], index: number): WorldCompany {
  return index < paying.length ? at(paying, index) : random.pick(paying);
}

function generateSubscription(
  random: Random,
  companyIndex: number,
  price: WorldPrice,
  status: WorldSubscription['status'],
): WorldSubscription {
  const period = PERIOD_MS[price.interval];
  const trialing = status === 'trialing';
  const periodStart = trialing ? ago(random, 10, 1) : between(random, NOW_MS - period + DAY_MS, NOW_MS - DAY_MS);
  const periodsPast = trialing ? 0 : random.int(1, price.interval === 'year' ? 2 : 14);
  return {
    id: longStripeId(random, 'sub'),
    companyIndex,
    priceId: price.id,
    quantity: random.chance(0.6) ? 1 : random.int(2, 40),
    status,
    createdAt: instant(periodStart - periodsPast * period),
    currentPeriodStart: instant(periodStart),
    currentPeriodEnd: instant(trialing ? periodStart + 14 * DAY_MS : periodStart + period),
    canceledAt: status === 'canceled' ? instant(between(random, periodStart, NOW_MS)) : null,
    trialEnd: trialing ? instant(periodStart + 14 * DAY_MS) : null,
  };
}

export function currencyOf({ index }: WorldCompany): string {
  return index % 4 === 3 ? 'eur' : 'usd';
}
