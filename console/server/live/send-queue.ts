/** What engine.io's connection tells: `packetCreate` for each packet queued, `drain` when all were handed to the transport. */
interface QueueEvents {
  on(event: 'packetCreate', listener: (packet: { readonly data?: unknown }) => void): unknown;
  on(event: 'drain', listener: () => void): unknown;
}

/** A client that has this much waiting is behind, bytes. */
const QUEUE_LIMIT_BYTES = 1024 * 1024;

/** Counts the bytes that wait in the server for one client. The transport takes no more while the client does not read. */
export class SendQueue {
  private bytes = 0;

  constructor(connection: QueueEvents, onDrain: () => void) {
    connection.on('packetCreate', ({ data }) => {
      if (typeof data === 'string' || Buffer.isBuffer(data)) this.bytes += data.length;
    });
    connection.on('drain', () => {
      this.bytes = 0;
      onDrain();
    });
  }

  get isFull(): boolean {
    return this.bytes > QUEUE_LIMIT_BYTES;
  }
}
