/** The first thing anybody asks, as the repository ships it. */
import { readFileSync } from 'node:fs';

export const CUSTOMER_360 = readFileSync(
  new URL('../../schema/operations/customer-360.graphql', import.meta.url),
  'utf8',
);
