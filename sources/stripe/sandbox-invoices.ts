/** Invoices, made from the world's or begun by an event. */
import type { World, WorldInvoice } from '../../src/sandbox/world.ts';
import {
  type Customer,
  type Invoice,
  idTail,
  listOf,
  type Price,
  periodSeconds,
  toSeconds,
} from './sandbox-objects.ts';

export interface InvoiceOrder {
  id: string;
  customer: Customer;
  subscription: string | null;
  price: Price;
  quantity: number;
  /** Minor units. */
  amount: number;
  /** Seconds. */
  created: number;
  /** Our own firm, named on the invoice. */
  accountName: string;
}

/** A draft with one line. */
export function newInvoice(order: InvoiceOrder): Invoice {
  const { id, customer, subscription, price, amount, created, accountName } = order;
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: accountName,
    account_tax_ids: null,
    amount_due: amount,
    amount_paid: 0,
    amount_remaining: amount,
    amount_shipping: 0,
    application: null,
    application_fee_amount: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { enabled: false, status: null },
    billing_reason: subscription === null ? 'manual' : 'subscription_cycle',
    charge: null,
    collection_method: 'charge_automatically',
    created,
    currency: price.currency,
    custom_fields: null,
    customer: customer.id,
    customer_address: customer.address,
    customer_email: customer.email,
    customer_name: customer.name,
    customer_phone: customer.phone,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discount: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    last_finalization_error: null,
    latest_revision: null,
    lines: listOf(`/v1/invoices/${id}/lines`, [lineOf(order)]),
    livemode: false,
    metadata: {},
    next_payment_attempt: created + 3600,
    number: null,
    on_behalf_of: null,
    paid: false,
    paid_out_of_band: false,
    payment_intent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: created,
    period_start: created - periodSeconds(price),
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    quote: null,
    receipt_number: null,
    rendering_options: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subscription,
    subtotal: amount,
    subtotal_excluding_tax: amount,
    tax: null,
    test_clock: null,
    total: amount,
    total_discount_amounts: [],
    total_excluding_tax: amount,
    total_tax_amounts: [],
    transfer_data: null,
    webhooks_delivered_at: created,
  };
}

function lineOf({ id, subscription, price, quantity, amount, created }: InvoiceOrder) {
  return {
    id: `il_${idTail(id)}`,
    object: 'line_item',
    amount,
    amount_excluding_tax: amount,
    currency: price.currency,
    description: `${quantity} × ${price['nickname'] ?? 'subscription'}`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    livemode: false,
    metadata: {},
    period: { start: created, end: created + periodSeconds(price) },
    price,
    proration: false,
    proration_details: { credited_items: null },
    quantity,
    subscription,
    ...(subscription === null ? {} : { subscription_item: `si_${idTail(subscription)}` }),
    tax_amounts: [],
    tax_rates: [],
    type: subscription === null ? 'invoiceitem' : 'subscription',
    unit_amount_excluding_tax: String(price.unit_amount),
  };
}

/** What finalizing changes: from a draft to a numbered invoice the customer can see. `at` in seconds. */
export function finalized(invoice: Invoice, number: string, at: number): Partial<Invoice> {
  const page = `https://invoice.stripe.com/i/acct_sandbox/test_${idTail(invoice.id)}`;
  return {
    status: 'open',
    number,
    effective_at: at,
    ending_balance: 0,
    hosted_invoice_url: page,
    invoice_pdf: `${page}/pdf`,
    payment_intent: `pi_${idTail(invoice.id)}`,
    status_transitions: { ...invoice.status_transitions, finalized_at: at },
  };
}

/** What a payment of all that is due changes. `at` in seconds. */
export function paid(invoice: Invoice, charge: string | null, at: number): Partial<Invoice> {
  return {
    status: 'paid',
    paid: true,
    attempted: true,
    attempt_count: invoice.attempt_count + 1,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    charge,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, paid_at: at },
  };
}

export interface InvoiceParts {
  customers: ReadonlyMap<string, Customer>;
  prices: ReadonlyMap<string, Price>;
}

export function invoicesOf(world: World, parts: InvoiceParts): Invoice[] {
  return world.invoices.flatMap((source) => {
    const customer = parts.customers.get(world.companies[source.companyIndex]?.ids.stripe ?? '');
    const price = parts.prices.get(source.priceId);
    return customer && price ? [invoiceOf(world, source, customer, price)] : [];
  });
}

function invoiceOf(world: World, source: WorldInvoice, customer: Customer, price: Price): Invoice {
  const created = toSeconds(source.createdAt);
  const draft = newInvoice({
    id: source.id,
    customer,
    subscription: source.subscriptionId,
    price,
    quantity: source.quantity,
    amount: source.amountDue,
    created,
    accountName: world.companies[0]?.name ?? 'Sandbox',
  });
  // One object, filled while nobody else has it: copying each of them several times would be felt at the start.
  return Object.assign(draft, stateOf(source, draft), {
    ...(source.dueDate === null ? {} : { due_date: toSeconds(source.dueDate), collection_method: 'send_invoice' }),
    amount_paid: source.amountPaid,
    amount_remaining: source.amountDue - source.amountPaid,
    charge: source.chargeId,
    currency: source.currency,
    number: source.number,
  });
}

/** What has become of a draft that was finalized an hour after it was made. */
function stateOf(source: WorldInvoice, draft: Invoice): Partial<Invoice> {
  if (source.status === 'draft') return {};
  const at = draft.created + 3600;
  const open = finalized(draft, source.number ?? '', at);
  const transitions = { ...draft.status_transitions, finalized_at: at };
  switch (source.status) {
    case 'paid': {
      const paidAt = source.paidAt === null ? at : toSeconds(source.paidAt);
      return {
        ...open,
        ...paid(draft, source.chargeId, paidAt),
        status_transitions: { ...transitions, paid_at: paidAt },
      };
    }
    case 'void':
      return {
        ...open,
        status: 'void',
        next_payment_attempt: null,
        status_transitions: { ...transitions, voided_at: at },
      };
    case 'uncollectible':
      return {
        ...open,
        status: 'uncollectible',
        attempted: true,
        attempt_count: 4,
        next_payment_attempt: null,
        status_transitions: { ...transitions, marked_uncollectible_at: at },
      };
    case 'open':
      return { ...open, attempted: source.chargeId !== null, attempt_count: source.chargeId === null ? 0 : 1 };
  }
}
