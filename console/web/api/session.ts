import type { SessionView } from '@clearbay/contract/api.ts';
import { defineStore } from 'pinia';
import { ref } from 'vue';
import { ApiError, getJson, postJson, remove } from './http.ts';

/** Who is signed in; the cookie itself is the browser's and never seen here. */
export const useSession = defineStore('session', () => {
  const session = ref<SessionView | null>(null);

  /** Asks the server who we are; null where nobody is signed in. Other failures are thrown. */
  async function restore(): Promise<SessionView | null> {
    try {
      session.value = await getJson<SessionView>('/session');
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      session.value = null;
    }
    return session.value;
  }

  async function signIn(user: string, password: string): Promise<void> {
    session.value = await postJson<SessionView>('/session', { user, password });
  }

  async function signOut(): Promise<void> {
    await remove('/session');
    session.value = null;
  }

  return { session, restore, signIn, signOut };
});
