/** What customers write to support, by topic. `{n}` becomes a small number. */
export interface Topic {
  subjects: readonly string[];
  /** How a ticket starts. */
  openings: readonly string[];
  answers: readonly string[];
  tags: readonly string[];
  type: 'problem' | 'incident' | 'question' | 'task';
}

export const TOPICS: readonly Topic[] = [
  {
    subjects: [
      'Sync from Postgres stops after {n} minutes',
      'Pipeline to Snowflake is late',
      'Rows missing after last night’s load',
      'Connector asks for a login every day',
    ],
    openings: [
      'Since Monday the load ends after {n} minutes with "connection closed". Nothing changed on our side.',
      'We see about {n} % fewer rows than in the source.',
      'The pipeline shows green, but the table was last written {n} hours ago.',
    ],
    answers: [
      'Could you send the run id of the last failed load?',
      'The connector ran into an idle timeout; we have raised it for your workspace.',
      'We re-ran the load and the counts match now. Please have a look.',
    ],
    tags: ['pipelines', 'connector'],
    type: 'problem',
  },
  {
    subjects: [
      'Dashboard loads for {n} seconds',
      'Chart shows yesterday’s numbers',
      'Cannot share a dashboard with a partner',
      'Export to PDF cuts the last column',
    ],
    openings: [
      'Our weekly board opens, but each chart takes {n} seconds. It was fast in September.',
      'When I share the board with somebody outside, they see a login page.',
      'The PDF has {n} of the columns, the screen has all.',
    ],
    answers: [
      'Filters on an unindexed column slow this down; here is how to change it.',
      'External viewers need a viewer seat; I can add one for you.',
      'This is fixed in today’s release. Could you try once more?',
    ],
    tags: ['dashboards'],
    type: 'problem',
  },
  {
    subjects: [
      'Question about our last invoice',
      'VAT number missing on invoices',
      'Please move us to yearly billing',
      'Charged twice this month?',
      'Refund for unused seats',
    ],
    openings: [
      'The invoice lists {n} more seats than we have people.',
      'Our accountants need the VAT number on every invoice, also on the last {n}.',
      'We would like to pay once a year. What would that cost for {n} seats?',
      'There are two payments on our card statement, {n} days apart.',
    ],
    answers: [
      'I have sent the corrected invoice to your billing contact.',
      'Yearly billing saves two months. Shall I make the change for the next period?',
      'The second payment was for the seats added in the middle of the month; a breakdown is attached.',
    ],
    tags: ['billing'],
    type: 'question',
  },
  {
    subjects: [
      'Login fails with SSO',
      'Please remove a former colleague',
      'How do we rotate API keys?',
      'Two-factor codes are refused',
      'Add a second administrator',
    ],
    openings: [
      'After the certificate change {n} people cannot sign in.',
      'A colleague left us; please move their {n} dashboards to me.',
      'Our policy asks for new keys every {n} weeks. Is there a way to do it without downtime?',
    ],
    answers: [
      'The new certificate was not uploaded for your second domain. I have added the steps below.',
      'Done: everything now belongs to you.',
      'You can hold two keys at once; create the second, deploy it, then delete the first.',
    ],
    tags: ['access', 'security'],
    type: 'incident',
  },
  {
    subjects: [
      'API answers 429 at night',
      'Webhook arrives twice',
      'Is there an endpoint for lineage?',
      'Pagination skips records',
    ],
    openings: [
      'Our nightly job makes about {n} calls a second and then gets 429.',
      'We get the same webhook {n} times with different timestamps.',
      'With a page size of {n} the last page is empty.',
    ],
    answers: [
      'Your plan allows ten calls a second; the header Retry-After says how long to wait.',
      'Deliveries are repeated until your side answers with 2xx. The id stays the same.',
      'You are right, this is a bug. A fix is on its way.',
    ],
    tags: ['api', 'developers'],
    type: 'question',
  },
  {
    subjects: [
      'Training for {n} new colleagues',
      'Prepare our quarterly review',
      'Set up a staging workspace',
      'Migration of old reports',
    ],
    openings: [
      'We have {n} people starting next month and would like a short training.',
      'For the review with our board we need usage numbers for the last {n} months.',
      'We want a copy of the workspace to try changes in.',
    ],
    answers: [
      'We can offer Tuesday or Thursday, 60 minutes each. Which suits you?',
      'The usage report is attached; page two has the numbers by team.',
      'The staging workspace is ready; you are its administrator.',
    ],
    tags: ['onboarding'],
    type: 'task',
  },
];

export const CUSTOMER_REPLIES: readonly string[] = [
  'Thank you, that was quick.',
  'It still happens, see the screenshot from this morning.',
  'Works now. You can close this.',
  'Could we have a short call about it?',
  'I have asked our IT and will come back to you.',
  'The run id is 88213, from 04:10 UTC.',
];

/** Notes only agents see. */
export const INTERNAL_NOTES: readonly string[] = [
  'Same cause as last week, see the engineering channel.',
  'Customer is in renewal talks, please answer today.',
  'Reproduced on staging with their configuration.',
  'Waiting for the billing team.',
];
