import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { expect, test } from 'vitest';
import { intakeStoreContract } from '../../contract/intake-store.ts';
import { stateStoreContract } from '../../contract/state-store.ts';

async function fixture() {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-state-'));
  return {
    open: async () => {
      const store = new SqliteState(join(folder, 'state.db'));
      await store.start();
      return store;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

stateStoreContract('SQLite', fixture);
intakeStoreContract('SQLite', fixture);

test('a file that is no database is refused at the start, with its cause', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-state-'));
  await writeFile(join(folder, 'state.db'), 'this is a text, not a database, and long enough to be seen as such. '.repeat(100));
  const store = new SqliteState(join(folder, 'state.db'));
  await expect(store.start()).rejects.toMatchObject({
    cause: expect.objectContaining({ message: expect.stringMatching(/database/i) }),
  });
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});
