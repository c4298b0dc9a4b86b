/**
 * The one small world all emulated vendors share: neutral records, which each emulator turns into its vendor's own
 * objects. Made by `generateWorld` (world-generator.ts) from a seed, the same in every run. Emulators copy what they need
 * into state of their own and never change a World.
 *
 * Membership is by id: a company or person exists in a vendor exactly if `ids.<vendor>` is set.
 */

/** ISO 8601 instants, UTC. */
export type Instant = string;
/** Calendar day, YYYY-MM-DD. */
export type Day = string;

export interface World {
  seed: number;
  /** The world's present: nothing recorded happened later; bookings and time off may lie after it. */
  now: Instant;
  companies: WorldCompany[];
  people: WorldPerson[];
  /** HubSpot owners; also Zendesk agents and employees. */
  owners: WorldOwner[];
  deals: WorldDeal[];
  products: WorldProduct[];
  prices: WorldPrice[];
  subscriptions: WorldSubscription[];
  invoices: WorldInvoice[];
  charges: WorldCharge[];
  refunds: WorldRefund[];
  tickets: WorldTicket[];
  channels: WorldChannel[];
  messages: WorldMessage[];
  emails: WorldEmail[];
  emailDomains: WorldEmailDomain[];
  eventTypes: WorldEventType[];
  bookings: WorldBooking[];
  employees: WorldEmployee[];
  timeOff: WorldTimeOff[];
}

export interface WorldCompany {
  /** Position in `World.companies`; how other records refer to it. */
  index: number;
  name: string;
  /** Lower case; unique in a generated world. */
  domain: string;
  industry: string | null;
  city: string | null;
  state: string | null;
  country: string | null;
  phone: string | null;
  employeeCount: number | null;
  foundedYear: number | null;
  createdAt: Instant;
  updatedAt: Instant;
  /** `hubspot` company id, `stripe` customer id (cus_…, ~150 companies), `zendesk` organization id, `pdl` company id. */
  ids: { hubspot?: string; stripe?: string; zendesk?: number; pdl?: string };
  ownerIndex: number | null;
  /** The person whose e-mail is on the Stripe customer; null when `ids.stripe` is not set. */
  billingPersonIndex: number | null;
  /** Domains as a vendor's row has them, where that is not `domain` alone; null: the row names none. */
  spelling?: { stripe?: string | null; zendesk?: string[] };
  /** The CRM's id as a vendor's row carries it, where that is not `ids.hubspot`; null: none. */
  externalIds?: { zendesk?: string | null };
}

export interface WorldPerson {
  index: number;
  firstName: string;
  lastName: string;
  /** Canonical: lower case, unique. Some people use a free-mail address (gmail.com, …) instead of their company's domain. */
  email: string;
  /**
   * The address as a vendor has it, where that is not `email`: in another case (e.g. `Ada.Lovelace@Acme.com`; HubSpot always
   * lower-cases), or another address altogether, which a generated world has not.
   */
  spelling: { stripe?: string; zendesk?: string; slack?: string; resend?: string; calcom?: string; bamboohr?: string };
  /** Index into companies; null for somebody without a company. */
  companyIndex: number | null;
  jobTitle: string | null;
  phone: string | null;
  city: string | null;
  country: string | null;
  lifecycleStage: 'subscriber' | 'lead' | 'opportunity' | 'customer' | null;
  createdAt: Instant;
  updatedAt: Instant;
  /** `hubspot` contact id, `zendesk` user id, `slack` user id (U…, the own staff and guests), `resend` contact id (uuid), `pdl` person id. */
  ids: { hubspot?: string; zendesk?: number; slack?: string; resend?: string; pdl?: string };
  ownerIndex: number | null;
  /** The CRM's id as a vendor's row carries it, where that is not `ids.hubspot`; null: none. */
  externalIds?: { zendesk?: string | null };
}

export interface WorldOwner {
  index: number;
  /** The person behind; own staff. */
  personIndex: number;
  hubspotId: string;
  hubspotUserId: number;
  /** The Zendesk agent's user id. */
  zendeskId: number;
}

export interface WorldDeal {
  index: number;
  id: string;
  name: string;
  companyIndex: number;
  /** Contacts on the deal. */
  personIndexes: number[];
  /** Decimal text, e.g. `"12500.00"`; null when not yet priced. */
  amount: string | null;
  stage:
    | 'appointmentscheduled'
    | 'qualifiedtobuy'
    | 'presentationscheduled'
    | 'contractsent'
    | 'closedwon'
    | 'closedlost';
  closeDate: Instant | null;
  createdAt: Instant;
  updatedAt: Instant;
  ownerIndex: number | null;
}

export interface WorldProduct {
  id: string;
  name: string;
  description: string | null;
  active: boolean;
  createdAt: Instant;
}

export interface WorldPrice {
  id: string;
  productId: string;
  /** Minor units (cents). */
  unitAmount: number;
  currency: string;
  interval: 'month' | 'year';
  nickname: string | null;
  createdAt: Instant;
}

export interface WorldSubscription {
  id: string;
  companyIndex: number;
  priceId: string;
  quantity: number;
  status: 'active' | 'trialing' | 'past_due' | 'canceled' | 'unpaid';
  createdAt: Instant;
  currentPeriodStart: Instant;
  currentPeriodEnd: Instant;
  canceledAt: Instant | null;
  trialEnd: Instant | null;
}

export interface WorldInvoice {
  id: string;
  number: string | null;
  companyIndex: number;
  subscriptionId: string | null;
  priceId: string;
  quantity: number;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  /** Minor units. */
  amountDue: number;
  amountPaid: number;
  currency: string;
  createdAt: Instant;
  dueDate: Instant | null;
  paidAt: Instant | null;
  chargeId: string | null;
}

export interface WorldCharge {
  id: string;
  companyIndex: number;
  invoiceId: string | null;
  /** Minor units. */
  amount: number;
  amountRefunded: number;
  currency: string;
  status: 'succeeded' | 'failed';
  failureMessage: string | null;
  createdAt: Instant;
}

export interface WorldRefund {
  id: string;
  chargeId: string;
  /** Minor units. */
  amount: number;
  currency: string;
  reason: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null;
  createdAt: Instant;
}

export interface WorldTicket {
  id: number;
  subject: string;
  description: string;
  requesterIndex: number;
  /** Owner acting as agent; null when unassigned. */
  assigneeIndex: number | null;
  /** Company whose Zendesk organization the ticket carries; null when the requester has none. */
  companyIndex: number | null;
  status: 'new' | 'open' | 'pending' | 'hold' | 'solved' | 'closed';
  priority: 'low' | 'normal' | 'high' | 'urgent' | null;
  type: 'problem' | 'incident' | 'question' | 'task' | null;
  tags: string[];
  createdAt: Instant;
  updatedAt: Instant;
  comments: WorldComment[];
}

export interface WorldComment {
  id: number;
  /** A person (the requester) or an owner (the agent). */
  author: { personIndex: number } | { ownerIndex: number };
  body: string;
  public: boolean;
  createdAt: Instant;
}

export interface WorldChannel {
  id: string;
  name: string;
  topic: string;
  purpose: string;
  isPrivate: boolean;
  isArchived: boolean;
  creatorIndex: number;
  memberIndexes: number[];
  createdAt: Instant;
}

export interface WorldMessage {
  channelId: string;
  /** Slack timestamp, `1730541234.000100`; unique in its channel. */
  ts: string;
  personIndex: number;
  text: string;
  /** `ts` of the thread's first message, when a reply. */
  threadTs: string | null;
}

export interface WorldEmail {
  /** uuid */
  id: string;
  /** Recipients, by person; spelled as `spelling.resend ?? email`. */
  toIndexes: number[];
  from: string;
  subject: string;
  html: string;
  text: string | null;
  lastEvent: 'sent' | 'delivered' | 'bounced' | 'opened' | 'clicked' | 'complained' | 'scheduled';
  createdAt: Instant;
  scheduledAt: Instant | null;
}

export interface WorldEmailDomain {
  /** uuid */
  id: string;
  name: string;
  status: 'verified' | 'pending' | 'failed';
  region: 'us-east-1' | 'eu-west-1';
  createdAt: Instant;
}

export interface WorldEventType {
  id: number;
  slug: string;
  title: string;
  lengthMinutes: number;
  ownerIndex: number;
}

export interface WorldBooking {
  id: number;
  uid: string;
  eventTypeId: number;
  title: string;
  /** The event type's owner; owner n is person n, so it is an index into both. */
  hostIndex: number;
  /** People who attend, spelled as `spelling.calcom ?? email`. */
  attendeeIndexes: number[];
  status: 'accepted' | 'cancelled' | 'pending' | 'rejected';
  start: Instant;
  end: Instant;
  createdAt: Instant;
  updatedAt: Instant;
  cancellationReason: string | null;
  meetingUrl: string | null;
}

export interface WorldEmployee {
  /** BambooHR employee id. */
  id: string;
  personIndex: number;
  department: string;
  division: string | null;
  location: string;
  supervisorId: string | null;
  status: 'Active' | 'Inactive';
  hireDate: Day;
  mobilePhone: string | null;
  dateOfBirth: Day | null;
}

export interface WorldTimeOff {
  id: string;
  employeeId: string;
  type: 'Vacation' | 'Sick' | 'Parental leave';
  status: 'approved' | 'requested' | 'denied' | 'canceled';
  start: Day;
  end: Day;
  /** Days. */
  amount: number;
  note: string | null;
  createdAt: Instant;
}
