/**
 * Where we mean to say something else than a vendor's published file, each with its reason. The fidelity test fails for
 * a deviation that is not here, and for a line here that no longer excuses anything.
 */
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import type { DeviationKind } from './deviation.ts';
import type { Schema } from './openapi-document.ts';

export interface Exception {
  vendor: VendorName;
  kind: DeviationKind;
  /** Places, as the test prints them; `*` stands for any text. Each has to excuse something. */
  at: readonly string[];
  /** Only where we say this, if given. */
  ours?: string;
  /** Only where the vendor says this, if given. */
  theirs?: string;
  because: string;
  /** What the place is compared with instead, in the vendor's file. */
  compareWith?: Schema;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    vendor: 'stripe',
    kind: 'unknown',
    at: ['createCustomer.idempotency', 'updateCustomer.idempotency', 'createRefund.idempotency'],
    because: 'Stripe documents the header Idempotency-Key for every POST, but its file describes no headers at all.',
  },

  {
    vendor: 'slack',
    kind: 'required',
    at: [
      'user.query.token',
      'userByEmail.query.token',
      'postMessage.header.token',
      'addReaction.header.token',
      'authTest.header.token',
    ],
    because: 'The token goes into the Authorization header, which Slack prefers; the file knows the older ways only.',
  },
  {
    vendor: 'slack',
    kind: 'required',
    at: [
      'user.query.user',
      'conversation.query.channel',
      'conversationHistory.query.channel',
      'conversationReplies.query.channel',
      'conversationReplies.query.ts',
      'conversationMembers.query.channel',
    ],
    because: 'The methods refuse a call without it, whatever the file says.',
  },
  {
    vendor: 'slack',
    kind: 'type',
    at: [
      'conversationHistory.query.latest',
      'conversationHistory.query.oldest',
      'conversationReplies.query.ts',
      'conversationReplies.query.latest',
      'conversationReplies.query.oldest',
    ],
    ours: 'string',
    theirs: 'number',
    because: 'A timestamp is text to every client of Slack; as a float it would lose its trailing zeros.',
  },
  {
    vendor: 'slack',
    kind: 'type',
    at: ['PostMessage.blocks', 'PostMessage.attachments'],
    ours: 'array',
    theirs: 'string',
    because: 'A form field holds them as a JSON text, the JSON body that we send holds the array itself.',
  },
  {
    vendor: 'slack',
    kind: 'unknown',
    at: [
      'ConversationHistory.response_metadata',
      'ConversationReplies.response_metadata',
      'conversationHistory.paging.next',
      'conversationReplies.paging.next',
    ],
    because: "The schema leaves the cursor out; the file's own example of the same answer has it.",
  },

  {
    vendor: 'bamboohr',
    kind: 'style',
    at: ['employees.query.fields'],
    because: 'The description and the example of the parameter say comma-separated; only its style was not set.',
  },
  {
    vendor: 'bamboohr',
    kind: 'maximum',
    at: ['employees.paging.maxSize'],
    because: 'An allOf keeps the 100 that holds for other lists beside the 2,500 that is written for this one.',
  },
  {
    vendor: 'bamboohr',
    kind: 'unknown',
    at: ['createEmployee.201', 'updateEmployee.200'],
    theirs: 'an empty body',
    because: 'A GraphQL field has to return something: an empty body of success becomes true.',
  },

  {
    vendor: 'pdl',
    kind: 'unknown',
    at: ['enrichPeople', 'enrichCompanies'],
    theirs: 'no such path',
    because: 'The file lacks the bulk paths that the documentation and the official client have.',
  },
  {
    vendor: 'pdl',
    kind: 'unknown',
    at: ['PersonMatch.data', 'enrichPerson.result'],
    because: 'The file describes the person alone; the answer wraps it in data, next to status and likelihood.',
    compareWith: { $ref: '#/components/schemas/Person' },
  },
  {
    vendor: 'pdl',
    kind: 'unknown',
    at: ['PersonPage.data', 'searchPeople.items'],
    because: 'The file describes one person where a search answers a page with a list of them in data.',
    compareWith: { type: 'array', items: { $ref: '#/components/schemas/Person' } },
  },
  {
    vendor: 'pdl',
    kind: 'unknown',
    at: ['CompanyPage.data', 'searchCompanies.items'],
    because: 'The file describes one company where a search answers a page with a list of them in data.',
    compareWith: { type: 'array', items: { $ref: '#/components/schemas/Company' } },
  },
  {
    vendor: 'pdl',
    kind: 'unknown',
    at: ['PersonMatch.status', 'PersonMatch.likelihood', 'PersonMatch.metadata', 'PersonMatch.error'],
    because: 'Parts of the envelope around a person, which the documentation shows and the file leaves out.',
  },
  {
    vendor: 'pdl',
    kind: 'unknown',
    at: ['Company.status', 'Company.likelihood', 'Company.metadata', 'Company.error'],
    because: 'A company has no envelope: what a look-up says about itself stands between its fields.',
  },
  {
    vendor: 'pdl',
    kind: 'unknown',
    at: [
      'PersonPage.status',
      'PersonPage.total',
      'PersonPage.scroll_token',
      'searchPeople.paging.next',
      'CompanyPage.status',
      'CompanyPage.total',
      'CompanyPage.scroll_token',
      'searchCompanies.paging.next',
    ],
    because: 'Parts of the envelope around a page, which the documentation shows and the file leaves out.',
  },

  {
    vendor: 'calcom',
    kind: 'type',
    at: ['Booking*', 'EventType.*', 'Me*', 'Pagination.*'],
    ours: 'integer',
    theirs: '*number*',
    because: 'The file was generated from TypeScript, which has one kind of number; ids, counts and minutes are whole.',
  },
  {
    vendor: 'calcom',
    kind: 'format',
    at: ['Booking.start', 'Booking.end', 'Booking.createdAt', 'Booking.updatedAt'],
    ours: 'date-time',
    theirs: 'no format',
    because: "The file says string; its examples are ISO 8601 with a zone, and so are the vendor's answers.",
  },
  {
    vendor: 'calcom',
    kind: 'style',
    at: ['bookings.query.status'],
    because: 'The description and the example of the parameter say comma-separated; only its style was not set.',
  },
  {
    vendor: 'calcom',
    kind: 'undescribed',
    at: ['slots.200'],
    because: "The schema describes the days alone; the file's own example has them in data, with a status beside.",
  },
  {
    vendor: 'calcom',
    kind: 'unknown',
    at: ['slots.result'],
    because: "The schema describes the days alone; the file's own example has them in data, with a status beside.",
  },

  {
    vendor: 'resend',
    kind: 'unknown',
    at: ['updateEmail.body'],
    theirs: 'an empty body',
    because: 'The file puts the body, UpdateEmailOptions, where the answer belongs; ours is the other way round.',
  },
  {
    vendor: 'resend',
    kind: 'unknown',
    at: ['ContactPage.has_more', 'contacts.paging.more'],
    because: 'The file names limit and after for contacts too, but leaves out has_more, which the other lists have.',
  },
];
