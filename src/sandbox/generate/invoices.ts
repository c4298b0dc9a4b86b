/** Invoices of the subscriptions, period by period, what was charged for them and what was given back. */
import type { Random } from '../random.ts';
import type { WorldCharge, WorldCompany, WorldInvoice, WorldPrice, WorldRefund, WorldSubscription } from '../world.ts';
import { longStripeId, stripeId } from './identifiers.ts';
import { between, DAY_MS, HOUR_MS, instant, NOW_MS } from './moments.ts';
import { currencyOf, PERIOD_MS } from './subscriptions.ts';

const INVOICE_COUNT = 1_500;
const REFUND_COUNT = 40;
/** Invoices without a subscription: single orders. */
const SINGLE_INVOICES = 60;

const STATUSES = [
  ...Array<'paid'>(42).fill('paid'),
  ...Array<'open'>(3).fill('open'),
  'draft',
  'uncollectible',
  'void',
  'void',
] as const;

const FAILURES = [
  'Your card was declined.',
  'Your card has insufficient funds.',
  'Your card has expired.',
  'The bank could not be reached.',
];

export interface Billing {
  invoices: WorldInvoice[];
  charges: WorldCharge[];
  refunds: WorldRefund[];
}

interface Bill {
  companyIndex: number;
  subscriptionId: string | null;
  price: WorldPrice;
  quantity: number;
  createdMs: number;
}

export function generateBilling(
  random: Random,
  companies: readonly WorldCompany[],
  prices: readonly WorldPrice[],
  subscriptions: readonly WorldSubscription[],
): Billing {
  const bills = [...singleBills(random, companies, prices), ...periodBills(random, prices, subscriptions)];
  bills.sort((left, right) => left.createdMs - right.createdMs);
  const charges: WorldCharge[] = [];
  const numbers = new Map<number, { prefix: string; last: number }>();
  const invoices = bills.map((bill) => {
    const invoice = generateInvoice(random, bill, numbers);
    const charge = chargeFor(random, invoice);
    if (charge !== undefined) charges.push(charge);
    return { ...invoice, chargeId: charge?.id ?? null };
  });
  return { invoices, charges, refunds: generateRefunds(random, charges) };
}

/** The newest period of every subscription first, then older ones until there are enough. */
function periodBills(
  random: Random,
  prices: readonly WorldPrice[],
  subscriptions: readonly WorldSubscription[],
): Bill[] {
  const priceById = new Map(prices.map((price) => [price.id, price]));
  const rounds = subscriptions.flatMap((subscription) => {
    const price = priceById.get(subscription.priceId);
    if (price === undefined) return [];
    const { companyIndex, id, quantity } = subscription;
    const newest = Date.parse(subscription.currentPeriodStart);
    const periods = Math.round((newest - Date.parse(subscription.createdAt)) / PERIOD_MS[price.interval]);
    return Array.from({ length: periods + 1 }, (_, round) => {
      const createdMs = newest - round * PERIOD_MS[price.interval];
      return { round, bill: { companyIndex, subscriptionId: id, price, quantity, createdMs } };
    });
  });
  const current = rounds.filter(({ round }) => round === 0);
  const older = rounds.filter(({ round }) => round > 0);
  const wanted = INVOICE_COUNT - SINGLE_INVOICES - current.length;
  return [...current, ...random.sample(older, wanted)].map(({ bill }) => bill);
}

function singleBills(random: Random, companies: readonly WorldCompany[], prices: readonly WorldPrice[]): Bill[] {
  const paying = companies.filter(({ ids }) => ids.stripe !== undefined);
  return Array.from({ length: SINGLE_INVOICES }, () => {
    const company = random.pick(paying);
    const price = random.pick(prices.filter(({ currency }) => currency === currencyOf(company)));
    const createdMs = between(random, NOW_MS - 400 * DAY_MS, NOW_MS - DAY_MS);
    return { companyIndex: company.index, subscriptionId: null, price, quantity: random.int(1, 5), createdMs };
  });
}

function generateInvoice(
  random: Random,
  { companyIndex, subscriptionId, price, quantity, createdMs }: Bill,
  numbers: Map<number, { prefix: string; last: number }>,
): WorldInvoice {
  const old = NOW_MS - createdMs > 40 * DAY_MS;
  const drawn = random.pick(STATUSES);
  // A draft is finalized within the hour, and nothing stays open for ever.
  const status = old && (drawn === 'draft' || drawn === 'open') ? 'paid' : drawn;
  const amount = price.unitAmount * quantity;
  return {
    id: longStripeId(random, 'in'),
    number: status === 'draft' ? null : nextNumber(random, numbers, companyIndex),
    companyIndex,
    subscriptionId,
    priceId: price.id,
    quantity,
    status,
    amountDue: amount,
    amountPaid: status === 'paid' ? amount : 0,
    currency: price.currency,
    createdAt: instant(createdMs),
    dueDate: random.chance(0.3) ? instant(createdMs + 30 * DAY_MS) : null,
    paidAt: status === 'paid' ? instant(between(random, createdMs, Math.min(createdMs + 72 * HOUR_MS, NOW_MS))) : null,
    chargeId: null,
  };
}

/** `7A31F0C2-0007`: a prefix for the customer, then a count. */
function nextNumber(random: Random, numbers: Map<number, { prefix: string; last: number }>, company: number): string {
  const series = numbers.get(company) ?? { prefix: random.text(8, '0123456789ABCDEF'), last: 0 };
  series.last += 1;
  numbers.set(company, series);
  return `${series.prefix}-${String(series.last).padStart(4, '0')}`;
}

/** A paid invoice has the charge that paid it; an unpaid one mostly has the charge that failed. */
function chargeFor(random: Random, invoice: WorldInvoice): WorldCharge | undefined {
  const paid = invoice.status === 'paid';
  const tried = invoice.status === 'open' || invoice.status === 'uncollectible';
  if (!paid && !(tried && random.chance(0.8))) return undefined;
  return {
    id: longStripeId(random, 'ch'),
    companyIndex: invoice.companyIndex,
    invoiceId: invoice.id,
    amount: invoice.amountDue,
    amountRefunded: 0,
    currency: invoice.currency,
    status: paid ? 'succeeded' : 'failed',
    failureMessage: paid ? null : random.pick(FAILURES),
    createdAt: invoice.paidAt ?? invoice.createdAt,
  };
}

/** Refunds change the charges they belong to: `amountRefunded` is their sum. */
function generateRefunds(random: Random, charges: readonly WorldCharge[]): WorldRefund[] {
  const succeeded = charges.filter(({ status, amount }) => status === 'succeeded' && amount >= 500);
  return random.sample(succeeded, REFUND_COUNT).map((charge) => {
    const amount = random.chance(0.6) ? charge.amount : Math.round(charge.amount / 2);
    charge.amountRefunded += amount;
    return {
      id: stripeId(random, 're'),
      chargeId: charge.id,
      amount,
      currency: charge.currency,
      reason: random.orNull(random.pick(['duplicate', 'fraudulent', 'requested_by_customer'] as const), 0.2),
      createdAt: instant(between(random, Date.parse(charge.createdAt), NOW_MS)),
    };
  });
}
