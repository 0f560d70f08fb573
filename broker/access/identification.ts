import type { CredentialSource } from '@clearbay/contract/gate.ts';
import type { RefusalReason } from '../refusals.ts';
import type { PasswordVerifier } from './password-verifier.ts';
import { type AccountSource, ownsClientId, type Principal, passwordHashesOf } from './principal.ts';
import { TopicRules } from './topic-rules.ts';

/** What a CONNECT says of its sender. */
export interface Introduction {
  /** As sent; empty where the broker is to make one up. */
  readonly clientId: string;
  readonly user: string | undefined;
  readonly password: Uint8Array | undefined;
  /** Name in a verified client certificate. */
  readonly certificateUser: string | undefined;
  readonly address: string;
  readonly willTopic: string | undefined;
  /** Whether the connection ended meanwhile; the outcome is then of no use to anyone. */
  isGone(): boolean;
}

/** A refused CONNECT and its return code (MQTT 3.1.1, 3.2.2.3). */
export interface Rejection {
  readonly reason: RefusalReason;
  readonly returnCode: 2 | 3 | 4 | 5;
}

const reject = (reason: RefusalReason, returnCode: Rejection['returnCode']): Rejection => ({ reason, returnCode });

/** Finds out who connects: certificate or password, a client id of its own, a will on its own status. Cheap checks first. */
export class Identification {
  readonly #credentials: CredentialSource;
  readonly #accounts: AccountSource | undefined;
  readonly #verifier: PasswordVerifier;

  constructor(credentials: CredentialSource, accounts: AccountSource | undefined, verifier: PasswordVerifier) {
    this.#credentials = credentials;
    this.#accounts = accounts;
    this.#verifier = verifier;
  }

  async identify(introduction: Introduction): Promise<Principal | Rejection> {
    const user = introduction.certificateUser ?? introduction.user;
    if (user === undefined || user === '') return reject('no-credentials', 5);
    if (introduction.certificateUser !== undefined && introduction.user !== undefined && introduction.user !== user) {
      return reject('certificate', 4);
    }
    if (introduction.clientId !== '' && !ownsClientId(user, introduction.clientId)) return reject('client-id-not-owned', 2);
    const principal = await this.#find(user);
    if (principal === undefined) return reject('unknown-user', 4);
    const passedWith =
      introduction.certificateUser === undefined ? await this.#checkPassword(principal, introduction) : undefined;
    if (typeof passedWith === 'object') return passedWith;
    const { willTopic } = introduction;
    if (willTopic !== undefined && !new TopicRules(principal).will(willTopic)) return reject('foreign-will', 5);
    return passedWith === undefined ? principal : { ...principal, passedWith };
  }

  async #find(user: string): Promise<Principal | undefined> {
    const credential = this.#credentials.find(user);
    if (credential !== undefined) return { type: 'device', user, credential };
    const account = await this.#accounts?.find(user);
    return account === undefined ? undefined : { type: 'account', user, account };
  }

  /** The hash that the password matched. */
  async #checkPassword(principal: Principal, introduction: Introduction): Promise<string | Rejection> {
    const { password, address, isGone } = introduction;
    if (password === undefined) return reject('no-credentials', 4);
    const { user } = principal;
    const verdict = await this.#verifier.check({ user, password, hashes: passwordHashesOf(principal), address, isGone });
    if (typeof verdict === 'object') return verdict.passedWith;
    if (verdict === 'gone') return reject('connect-unanswered', 3);
    return reject(verdict, verdict === 'verifier-busy' ? 3 : 4);
  }
}
