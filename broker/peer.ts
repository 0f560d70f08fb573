import type { Principal } from './access/principal.ts';
import type { Holder } from './access/rights-watch.ts';
import { TopicRules } from './access/topic-rules.ts';
import type { GuardedConnection } from './guard/guarded-connection.ts';
import type { Load } from './pressure.ts';
import { PublishOrder } from './publish-order.ts';

/** A client that proved who it is: its rights and what it has under way. */
export class Peer implements Load, Holder {
  readonly principal: Principal;
  readonly rules: TopicRules;
  readonly connection: GuardedConnection;
  readonly order = new PublishOrder();
  pending = 0;

  constructor(principal: Principal, connection: GuardedConnection) {
    this.principal = principal;
    this.rules = new TopicRules(principal);
    this.connection = connection;
  }

  /** Its rights were taken or changed. */
  expel(): void {
    this.connection.refuse('rights-ended');
  }
}
