import type { Principal } from './access/principal.ts';
import type { Holder } from './access/rights-watch.ts';
import { TopicRules } from './access/topic-rules.ts';
import type { GuardedConnection } from './guard/guarded-connection.ts';
import { PublishOrder } from './publish-order.ts';
import type { UserShare } from './user-share.ts';

/** A client that proved who it is: its rights and what it has under way. */
export class Peer implements Holder {
  readonly principal: Principal;
  readonly rules: TopicRules;
  readonly connection: GuardedConnection;
  /** What its user has of the broker, with all its clients. */
  readonly share: UserShare;
  readonly order = new PublishOrder();

  constructor(principal: Principal, connection: GuardedConnection, share: UserShare) {
    this.principal = principal;
    this.rules = new TopicRules(principal);
    this.connection = connection;
    this.share = share;
  }

  /** Its rights were taken or changed. */
  expel(): void {
    this.connection.refuse('rights-ended');
  }
}
