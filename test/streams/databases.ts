/** What gateways need that share a Postgres, for tests: a database of its own and the keys of their cursors. */
import { makeDatabase, postgresMissing } from '../events/postgres-under-test.ts';

/** Says so aloud when there is no server: then nothing that needs one can run. */
export const hasPostgres = (await postgresMissing()) === undefined;

export interface SharedStore extends AsyncDisposable {
  env: Record<string, string>;
}

/** @param server another one than the tests share. */
export async function makeSharedStore(server?: string): Promise<SharedStore> {
  const database = await makeDatabase(server);
  return {
    env: { DATABASE_URL: database.url, VENDORGRAPH_CURSOR_KEYS: '1:0123456789abcdef0123456789abcdef' },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
