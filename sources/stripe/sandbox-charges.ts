/** Charges and refunds, made from the world's or by a payment. */
import { createHash } from 'node:crypto';
import type { World, WorldRefund } from '../../src/sandbox/world.ts';
import { type Charge, type Customer, idTail, type Refund, toSeconds } from './sandbox-objects.ts';

export interface ChargeOrder {
  id: string;
  customer: Customer;
  invoice: string | null;
  /** Minor units. */
  amount: number;
  currency: string;
  /** Null: it succeeded. */
  failureMessage: string | null;
  /** Seconds. */
  created: number;
}

export function newCharge(order: ChargeOrder): Charge {
  const { id, customer, invoice, amount, currency, failureMessage, created } = order;
  const ok = failureMessage === null;
  return {
    id,
    object: 'charge',
    amount,
    amount_captured: ok ? amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: ok ? `txn_${idTail(id)}` : null,
    billing_details: { address: customer.address, email: customer.email, name: customer.name, phone: customer.phone },
    calculated_statement_descriptor: 'NORTHWIND LABS',
    captured: ok,
    created,
    currency,
    customer: customer.id,
    description: invoice === null ? null : 'Subscription update',
    disputed: false,
    failure_balance_transaction: null,
    failure_code: ok ? null : 'card_declined',
    failure_message: failureMessage,
    fraud_details: {},
    invoice,
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: outcomeOf(ok),
    paid: ok,
    payment_intent: `pi_${idTail(invoice ?? id)}`,
    payment_method: `pm_${idTail(customer.id)}`,
    payment_method_details: { card: cardOf(customer), type: 'card' },
    receipt_email: customer.email,
    receipt_number: null,
    receipt_url: ok ? `https://pay.stripe.com/receipts/${idTail(id)}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: ok ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  };
}

function outcomeOf(ok: boolean) {
  return ok
    ? {
        network_status: 'approved_by_network',
        reason: null,
        risk_level: 'normal',
        risk_score: 12,
        seller_message: 'Payment complete.',
        type: 'authorized',
      }
    : {
        network_status: 'declined_by_network',
        reason: 'insufficient_funds',
        risk_level: 'normal',
        risk_score: 31,
        seller_message: 'The bank returned the decline code `insufficient_funds`.',
        type: 'issuer_declined',
      };
}

const BRANDS = ['visa', 'mastercard', 'amex'] as const;

const cards = new WeakMap<Customer, object>();

/** A customer's one card, the same on each charge. */
function cardOf(customer: Customer): object {
  const known = cards.get(customer) ?? newCard(customer);
  cards.set(customer, known);
  return known;
}

/** Made from the customer's id, so that it is the same in every run. */
function newCard(customer: Customer): object {
  const digest = createHash('sha256').update(customer.id).digest();
  const [brandByte = 0, monthByte = 0, yearByte = 0] = digest;
  const brand = BRANDS[brandByte % BRANDS.length] ?? 'visa';
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: customer.address?.country ?? null,
    exp_month: (monthByte % 12) + 1,
    exp_year: 2027 + (yearByte % 5),
    fingerprint: digest.toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 16),
    funding: 'credit',
    installments: null,
    last4: String(digest.readUInt16BE(4) % 10_000).padStart(4, '0'),
    mandate: null,
    network: brand,
    three_d_secure: null,
    wallet: null,
  };
}

export function chargesOf(world: World, customers: ReadonlyMap<string, Customer>): Charge[] {
  return world.charges.flatMap((source) => {
    const customer = customers.get(world.companies[source.companyIndex]?.ids.stripe ?? '');
    if (customer === undefined) return [];
    const charge = newCharge({
      id: source.id,
      customer,
      invoice: source.invoiceId,
      amount: source.amount,
      currency: source.currency,
      failureMessage: source.status === 'failed' ? (source.failureMessage ?? 'Your card was declined.') : null,
      created: toSeconds(source.createdAt),
    });
    return [Object.assign(charge, refundedBy(charge, source.amountRefunded))];
  });
}

/** What giving `amount` more of a charge back changes on it. */
export function refundedBy(charge: Charge, amount: number): Pick<Charge, 'amount_refunded' | 'refunded'> {
  const refunded = charge.amount_refunded + amount;
  return { amount_refunded: refunded, refunded: charge.status === 'succeeded' && refunded >= charge.amount };
}

export interface RefundOrder {
  id: string;
  charge: Charge;
  amount: number;
  reason: string | null;
  metadata: Record<string, string>;
  /** Seconds. */
  created: number;
}

export function newRefund({ id, charge, amount, reason, metadata, created }: RefundOrder): Refund {
  return {
    id,
    object: 'refund',
    amount,
    balance_transaction: `txn_${idTail(id)}`,
    charge: charge.id,
    created,
    currency: charge.currency,
    metadata,
    payment_intent: charge.payment_intent,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
}

export function refundsOf(refunds: readonly WorldRefund[], charges: ReadonlyMap<string, Charge>): Refund[] {
  return refunds.flatMap(({ id, chargeId, amount, reason, createdAt }) => {
    const charge = charges.get(chargeId);
    return charge ? [newRefund({ id, charge, amount, reason, metadata: {}, created: toSeconds(createdAt) })] : [];
  });
}
