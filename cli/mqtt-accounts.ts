import type { AccountPrincipal, AccountSource } from '@clearbay/broker/access/principal.ts';
import { allows, OPERATORS, RUNNERS } from '@clearbay/console-server/accounts/rights.ts';
import type { Role } from '@clearbay/contract/api.ts';
import { topics } from '@clearbay/contract/topics.ts';
import type { AccountStore } from '@clearbay/store/ports/state.ts';

/** What everybody with an account may watch: judged state, alerts, guidance of the signs. */
const JUDGED = [topics.state('+', '+'), topics.alert('+'), topics.guidance('+')];
/** What those who run devices may watch besides. */
const FIELD = [topics.readings('+', '+', '+'), topics.status('+'), topics.replies('+')];

/** Filters that a role may subscribe to, and those it may publish to. */
function rightsOf(role: Role): Pick<AccountPrincipal, 'subscribe' | 'publish' | 'system'> {
  const runs = allows(RUNNERS, role);
  const operates = allows(OPERATORS, role);
  return {
    subscribe: runs ? [...JUDGED, ...FIELD] : JUDGED,
    publish: operates ? [topics.commands('+')] : [],
    system: operates,
  };
}

/** The console's accounts on MQTT: same name, same password, rights by role. None of them publishes readings. */
export class MqttAccounts implements AccountSource {
  readonly #accounts: Pick<AccountStore, 'user'>;

  constructor(accounts: Pick<AccountStore, 'user'>) {
    this.#accounts = accounts;
  }

  async find(userName: string): Promise<AccountPrincipal | undefined> {
    const user = await this.#accounts.user(userName);
    return user && { user: user.name, passwordHash: user.passwordHash, ...rightsOf(user.role) };
  }
}
