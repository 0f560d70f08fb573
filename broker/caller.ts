import type { Socket } from 'node:net';
import type { Visitor } from './access/admission.ts';
import type { GuardedConnection } from './guard/guarded-connection.ts';
import type { RefusalReason } from './refusals.ts';

/** A socket from its first moment: what is turned away before its handshakes are done is counted like any connection. */
export class Caller implements Visitor {
  readonly address: string;
  readonly #socket: Socket;
  readonly #count: (reason: RefusalReason) => void;
  #connection: GuardedConnection | undefined;
  #isSettled = false;

  constructor(socket: Socket, address: string, count: (reason: RefusalReason) => void) {
    this.#socket = socket;
    this.address = address;
    this.#count = count;
  }

  /** TLS and WebSocket are agreed: from now on there is a connection. */
  arrived(connection: GuardedConnection): void {
    this.#isSettled = true;
    this.#connection = connection;
  }

  refuse(reason: RefusalReason): void {
    if (this.#connection !== undefined) {
      this.#connection.refuse(reason);
      return;
    }
    if (!this.#isSettled) this.#count(reason);
    this.#isSettled = true;
    this.#socket.destroy();
  }

  /** The socket has closed. */
  gone(): void {
    if (!this.#isSettled) this.#count('handshake-failed');
    this.#isSettled = true;
  }

  /** The broker stops: handshakes end uncounted. */
  dismiss(): void {
    if (this.#connection !== undefined) return;
    this.#isSettled = true;
    this.#socket.destroy();
  }
}
