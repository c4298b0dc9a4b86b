/** The contract of the event log on a real SQLite file. */
import { logContract } from './log.contract.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

logContract('sqlite', makeSqlitePlace);
