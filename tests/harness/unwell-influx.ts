import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Stands before an InfluxDB 1.x server and answers in its place where the test says so. */
export class UnwellInflux {
  /** Address of the server behind. */
  upstream: string;
  /** Whether every question and every write is answered with 500. */
  isFailing = false;
  /** Lines of line protocol that are refused with 400, as influxd does where it can write only a part: their neighbours are written. */
  refuses: ((line: string) => boolean) | undefined;
  /** Answers of 500 and of 400 that were given. */
  failures = 0;
  partialWrites = 0;
  readonly #agent = new Agent({ keepAlive: true });
  #server: Server | undefined;

  constructor(upstream: string) {
    this.upstream = upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo | undefined)?.port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((asked, answer) => {
      this.#serve(asked, answer).catch(() => answer.destroy());
    }).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bodyOf(asked);
    if (this.isFailing) {
      this.failures += 1;
      answer.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"engine: cannot allocate memory"}');
      return;
    }
    const { refuses } = this;
    const lines = refuses !== undefined && asked.url?.startsWith('/write') ? body.toString().split('\n') : [];
    const kept = lines.filter((line) => refuses?.(line) !== true);
    const dropped = lines.length - kept.length;
    const { status, headers, text } = await this.#forward(asked, dropped === 0 ? body : Buffer.from(kept.join('\n')));
    if (dropped === 0 || status >= 500) {
      answer.writeHead(status, headers).end(text);
      return;
    }
    this.partialWrites += 1;
    answer
      .writeHead(400, { 'content-type': 'application/json' })
      .end(`{"error":"partial write: refused by the test dropped=${dropped}"}`);
  }

  #forward(asked: IncomingMessage, body: Buffer) {
    const headers = { ...asked.headers, host: new URL(this.upstream).host, 'content-length': String(body.length) };
    const { method } = asked;
    return new Promise<{ status: number; headers: IncomingMessage['headers']; text: Buffer }>((resolve, reject) => {
      const sent = request(new URL(asked.url ?? '/', this.upstream), { method, headers, agent: this.#agent }, (answer) => {
        bodyOf(answer).then((text) => {
          const { 'transfer-encoding': _, ...kept } = answer.headers;
          resolve({ status: answer.statusCode ?? 502, headers: { ...kept, 'content-length': String(text.length) }, text });
        }, reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
