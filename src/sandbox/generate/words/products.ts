/** What our own firm, Northwind Labs, sells: a data platform. */
export const PRODUCTS: readonly { name: string; description: string | null; cents: number }[] = [
  { name: 'Pipelines Starter', description: 'Move data from up to five sources once a day.', cents: 4_900 },
  { name: 'Pipelines Team', description: 'Twenty sources, hourly.', cents: 19_900 },
  { name: 'Pipelines Business', description: 'Unlimited sources, every five minutes.', cents: 79_900 },
  { name: 'Warehouse Compute', description: 'Queries on your own warehouse, by the node.', cents: 29_900 },
  { name: 'Dashboards Seat', description: 'One person who builds and shares dashboards.', cents: 2_500 },
  { name: 'Viewer Seat', description: null, cents: 500 },
  { name: 'Data Catalogue', description: 'Search, lineage and ownership for every table.', cents: 14_900 },
  { name: 'Alerting', description: 'Tell people when a number moves.', cents: 9_900 },
  { name: 'Single Sign-On', description: 'SAML and SCIM for the whole organization.', cents: 12_500 },
  { name: 'Audit Log Export', description: null, cents: 7_500 },
  { name: 'Premium Support', description: 'Answers within an hour, day and night.', cents: 49_900 },
  { name: 'Onboarding Package', description: 'Six weeks with a solutions engineer.', cents: 150_000 },
];
