/** The contract of the event log on a real Postgres. */
import { afterAll, describe } from 'vitest';
import { logContract } from './log.contract.ts';
import { dropDatabases, makePostgresPlace, postgresMissing } from './postgres-under-test.ts';

afterAll(dropDatabases);

describe.skipIf((await postgresMissing()) !== undefined)('the event log in Postgres', () => {
  logContract('postgres', makePostgresPlace);
});
