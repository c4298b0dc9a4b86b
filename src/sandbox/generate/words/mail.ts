/** E-mails our firm sends. `{first}` is the recipient's first name. */
export const MAILS: readonly { from: string; subject: string; body: string }[] = [
  {
    from: 'Northwind Labs <hello@mail.northwindlabs.com>',
    subject: 'Welcome to Northwind, {first}',
    body: 'Your workspace is ready. Here are three things to try first.',
  },
  {
    from: 'Northwind Labs <hello@mail.northwindlabs.com>',
    subject: 'Your trial ends in {n} days',
    body: 'Choose a plan to keep your pipelines running.',
  },
  {
    from: 'Northwind Billing <billing@mail.northwindlabs.com>',
    subject: 'Your receipt from Northwind Labs',
    body: 'Thank you for your payment. The receipt is attached.',
  },
  {
    from: 'Northwind Billing <billing@mail.northwindlabs.com>',
    subject: 'Payment failed, please check your card',
    body: 'We could not charge your card and will try again in {n} days.',
  },
  {
    from: 'Northwind Alerts <alerts@updates.northwindlabs.com>',
    subject: 'Pipeline failed: orders_daily',
    body: 'The run stopped after {n} minutes. The log is in your workspace.',
  },
  {
    from: 'Northwind Alerts <alerts@updates.northwindlabs.com>',
    subject: 'Weekly usage report',
    body: 'Your team opened {n} dashboards this week.',
  },
  {
    from: 'Northwind Labs <news@updates.northwindlabs.com>',
    subject: 'What is new in October',
    body: 'Faster loads, a calmer editor and {n} new connectors.',
  },
  {
    from: 'Northwind Labs <news@updates.northwindlabs.com>',
    subject: 'You are invited: customer day',
    body: 'An afternoon with the team, {n} talks and good coffee.',
  },
  {
    from: 'Northwind Security <security@mail.northwindlabs.com>',
    subject: 'New sign-in to your account',
    body: 'Somebody signed in from a new device. If it was not you, tell us.',
  },
  {
    from: 'Northwind Success <success@mail.northwindlabs.com>',
    subject: 'Shall we look at your goals, {first}?',
    body: 'It has been {n} months. Pick a time for a short review.',
  },
];

/** Meeting types of our firm. */
export const EVENT_TYPES: readonly { slug: string; title: string; lengthMinutes: number }[] = [
  { slug: 'intro-call', title: 'Intro call', lengthMinutes: 30 },
  { slug: 'product-demo', title: 'Product demo', lengthMinutes: 45 },
  { slug: 'onboarding', title: 'Onboarding session', lengthMinutes: 60 },
  { slug: 'quarterly-review', title: 'Quarterly review', lengthMinutes: 60 },
  { slug: 'support-session', title: 'Support session', lengthMinutes: 30 },
  { slug: 'renewal-talk', title: 'Renewal talk', lengthMinutes: 30 },
];
