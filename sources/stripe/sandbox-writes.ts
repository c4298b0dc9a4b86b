/** The writes of our graph: customers made and changed, charges refunded. */
import type { EmulatorKit, EmulatorRequest } from '../../src/sandbox/emulator.ts';
import type { Form } from '../../src/sandbox/form.ts';
import { newRefund, refundedBy } from './sandbox-charges.ts';
import { newCustomer } from './sandbox-customers.ts';
import { expand } from './sandbox-expand.ts';
import { failureOf, invalid, missing } from './sandbox-faults.ts';
import type { Address, Charge, Customer } from './sandbox-objects.ts';
import {
  readBoolean,
  readInteger,
  readMetadata,
  readOneOf,
  readParts,
  readText,
  readTexts,
  refuseUnknown,
} from './sandbox-parameters.ts';
import { type Endpoint, readExpand } from './sandbox-reads.ts';
import type { StripeState } from './sandbox-state.ts';

type RecordWrite = EmulatorKit['recordWrite'];

export function createWrites(state: StripeState, recordWrite: RecordWrite): Endpoint[] {
  return [
    {
      method: 'POST',
      path: '/v1/customers',
      operation: 'createCustomer',
      answer(request) {
        const form = formOf(request);
        const blank = newCustomer(state.newId('cus', 14), state.now());
        const customer = state.customers.add({ ...blank, ...customerChanges(form, blank) });
        recordWrite({ operation: 'createCustomer', id: customer.id, data: form });
        return expand(state, customer, readExpand(form));
      },
    },
    {
      method: 'POST',
      path: '/v1/customers/:id',
      operation: 'updateCustomer',
      answer(request) {
        const id = request.params['id'] ?? '';
        const form = formOf(request);
        const old = state.customers.get(id);
        if (old === undefined) throw missing('customer', id, 'id', 404);
        const customer = state.customers.change(id, customerChanges(form, old));
        recordWrite({ operation: 'updateCustomer', id, data: form });
        return expand(state, customer, readExpand(form));
      },
    },
    {
      method: 'POST',
      path: '/v1/refunds',
      operation: 'createRefund',
      answer(request) {
        const form = formOf(request);
        const refund = createRefund(state, form);
        recordWrite({ operation: 'createRefund', id: refund.id, data: form });
        return expand(state, refund, readExpand(form));
      },
    },
  ];
}

/** The body as a form; anything but a form is refused, JSON too. */
function formOf({ headers, body, rawBody }: EmulatorRequest): Form {
  if (rawBody.length === 0) return {};
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  if (!isForm) throw failureOf(400);
  return body as Form; // the kernel parses this content type into nothing else
}

const CUSTOMER_PARAMETERS = new Set([
  'address',
  'balance',
  'coupon',
  'default_source',
  'description',
  'email',
  'expand',
  'invoice_prefix',
  'invoice_settings',
  'metadata',
  'name',
  'next_invoice_sequence',
  'payment_method',
  'phone',
  'preferred_locales',
  'shipping',
  'source',
  'tax_exempt',
]);
const ADDRESS_PARTS = ['line1', 'line2', 'postal_code', 'city', 'state', 'country'] as const;

function customerChanges(form: Form, old: Customer): Partial<Customer> {
  refuseUnknown(form, CUSTOMER_PARAMETERS);
  const changes: Partial<Customer> = { metadata: readMetadata(form['metadata'], old.metadata) };
  for (const name of ['name', 'email', 'phone', 'description'] as const) {
    const text = readText(form[name], name);
    if (text !== undefined) changes[name] = text === '' ? null : text;
  }
  if (typeof changes.email === 'string' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(changes.email)) {
    throw invalid(`Invalid email address: ${changes.email}`, 'email', 'email_invalid');
  }
  const prefix = readText(form['invoice_prefix'], 'invoice_prefix');
  if (prefix !== undefined) changes.invoice_prefix = prefix;
  const sequence = readInteger(form['next_invoice_sequence'], 'next_invoice_sequence');
  if (sequence !== undefined) changes.next_invoice_sequence = sequence;
  refuseUnknownIds(form);
  return { ...changes, ...customerParts(form, old) };
}

/** Sources, payment methods and coupons are none of the sandbox's objects, so nobody can name one that exists. */
const FOREIGN_IDS = {
  source: 'token',
  default_source: 'source',
  payment_method: 'PaymentMethod',
  coupon: 'coupon',
};

function refuseUnknownIds(form: Form): void {
  for (const [name, noun] of Object.entries(FOREIGN_IDS)) {
    const id = readText(form[name], name);
    if (id !== undefined) throw missing(noun, id, name, 400);
  }
}

/** The fields that are not plain text. */
function customerParts(form: Form, old: Customer): Partial<Customer> {
  const { address, shipping, invoice_settings: settings } = form;
  const balance = readInteger(form['balance'], 'balance');
  const locales = readTexts(form['preferred_locales'], 'preferred_locales');
  const taxExempt = readOneOf(form['tax_exempt'], 'tax_exempt', ['exempt', 'none', 'reverse']);
  const oldSettings = old['invoice_settings'] as Record<string, unknown>; // `newCustomer` makes it an object
  return {
    ...(address === undefined
      ? {}
      : { address: address === '' ? null : readAddress(readParts(address, 'address') ?? {}) }),
    ...(shipping === undefined
      ? {}
      : { shipping: shipping === '' ? null : readShipping(readParts(shipping, 'shipping') ?? {}) }),
    ...(settings === undefined
      ? {}
      : { invoice_settings: { ...oldSettings, ...emptyToNull(readParts(settings, 'invoice_settings') ?? {}) } }),
    ...(balance === undefined ? {} : { balance }),
    ...(locales === undefined ? {} : { preferred_locales: locales }),
    ...(taxExempt === undefined ? {} : { tax_exempt: taxExempt }),
  };
}

function readAddress(form: Form): Address {
  const [line1, line2, postal_code, city, state, country] = ADDRESS_PARTS.map(
    (part) => readText(form[part], `address[${part}]`) || null,
  );
  return {
    city: city ?? null,
    country: country ?? null,
    line1: line1 ?? null,
    line2: line2 ?? null,
    postal_code: postal_code ?? null,
    state: state ?? null,
  };
}

function readShipping(form: Form): unknown {
  const name = readText(form['name'], 'shipping[name]');
  const address = readParts(form['address'], 'shipping[address]');
  if (name === undefined)
    throw invalid('Missing required param: shipping[name].', 'shipping[name]', 'parameter_missing');
  if (address === undefined)
    throw invalid('Missing required param: shipping[address].', 'shipping[address]', 'parameter_missing');
  return { address: readAddress(address), name, phone: readText(form['phone'], 'shipping[phone]') ?? null };
}

function emptyToNull(form: Form): Record<string, unknown> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, value === '' ? null : value]));
}

const REFUND_PARAMETERS = new Set([
  'amount',
  'charge',
  'expand',
  'instructions_email',
  'metadata',
  'payment_intent',
  'reason',
  'refund_application_fee',
  'reverse_transfer',
]);
const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

function createRefund(state: StripeState, form: Form) {
  refuseUnknown(form, REFUND_PARAMETERS);
  const charge = chargeToRefund(state, form);
  const amount = readInteger(form['amount'], 'amount');
  const reason = readOneOf(form['reason'], 'reason', REFUND_REASONS) ?? null;
  const metadata = readMetadata(form['metadata'], {});
  readBoolean(form['refund_application_fee'], 'refund_application_fee');
  readBoolean(form['reverse_transfer'], 'reverse_transfer');
  return refundCharge(state, charge, { amount, reason, metadata }).refund;
}

function chargeToRefund({ charges }: StripeState, form: Form): Charge {
  const id = readText(form['charge'], 'charge');
  const intent = readText(form['payment_intent'], 'payment_intent');
  if (id === undefined && intent === undefined) {
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.');
  }
  if (id !== undefined) {
    const charge = charges.get(id);
    if (charge === undefined) throw missing('charge', id, 'charge', 404);
    return charge;
  }
  const made = charges.all().filter(({ payment_intent }) => payment_intent === intent);
  const charge = made.find(({ status }) => status === 'succeeded') ?? made[0];
  if (charge === undefined) throw missing('payment_intent', intent ?? '', 'payment_intent', 404);
  return charge;
}

export interface RefundWish {
  /** Minor units; undefined: all that is left. */
  amount: number | undefined;
  reason: string | null;
  metadata: Record<string, string>;
}

/** Gives back part of a charge or what is left of it; the charge's amounts change with it. */
export function refundCharge(state: StripeState, charge: Charge, { amount, reason, metadata }: RefundWish) {
  const left = charge.amount - charge.amount_refunded;
  if (charge.status !== 'succeeded') {
    throw invalid(`Charge ${charge.id} was not successfully charged and cannot be refunded.`, 'charge');
  }
  if (left <= 0) throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
  if (amount !== undefined && amount < 1)
    throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  if (amount !== undefined && amount > left) {
    throw invalid(
      `Refund amount (${money(amount, charge)}) is greater than unrefunded amount on charge (${money(left, charge)})`,
      'amount',
    );
  }
  const given = amount ?? left;
  const changed = state.charges.change(charge.id, refundedBy(charge, given));
  const order = { id: state.newId('re'), charge, amount: given, reason, metadata, created: state.now() };
  return { charge: changed, refund: state.refunds.add(newRefund(order)) };
}

function money(amount: number, { currency }: Charge): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
