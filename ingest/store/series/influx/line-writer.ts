import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';

export interface LineWriterOptions {
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  /** Lines a request; about 5,000 is the knee of influxd. */
  readonly batchLines: number;
  /** Requests at once. */
  readonly inFlight: number;
  readonly timeoutMs: number;
}

/** InfluxDB does not answer as it should; the lines are to be sent again. */
export class InfluxAway extends Error {}

/** Lines that are made when they are sent: while InfluxDB works on some, the next are written. */
export interface Lines {
  readonly length: number;
  line(index: number): string;
}

/** A line that InfluxDB refuses, and why. */
export interface RefusedLine {
  readonly index: number;
  readonly line: string;
  readonly error: string;
}

type Verdict = 'written' | 'too old' | 'refused';

/** Sends line protocol over kept-alive connections. A line InfluxDB refuses is given back; its neighbours are written. */
export class LineWriter {
  readonly #options: LineWriterOptions;
  readonly #agent: Agent;

  constructor(options: LineWriterOptions) {
    this.#options = options;
    const settings = { keepAlive: true, maxSockets: options.inFlight };
    this.#agent = options.url.startsWith('https:') ? new TlsAgent(settings) : new Agent(settings);
  }

  /** Resolves with the refused lines once all others are stored; rejects with InfluxAway on an outage. */
  async write(retentionPolicy: string, lines: Lines): Promise<RefusedLine[]> {
    const refused: RefusedLine[] = [];
    let next = 0;
    const lane = async () => {
      while (next < lines.length) {
        const first = next;
        next = Math.min(lines.length, first + this.#options.batchLines);
        await this.#send(retentionPolicy, lines, first, next, refused);
      }
    };
    await Promise.all(Array.from({ length: this.#options.inFlight }, lane));
    return refused;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Halves a refused batch until the poison line stands alone: sending a good line twice changes nothing. */
  async #send(policy: string, lines: Lines, from: number, to: number, refused: RefusedLine[]): Promise<void> {
    let body = '';
    for (let index = from; index < to; index += 1) body += `${lines.line(index)}\n`;
    const { verdict, error } = await this.#post(policy, body);
    if (verdict !== 'refused') return;
    if (to - from === 1) {
      refused.push({ index: from, line: lines.line(from), error });
      return;
    }
    const middle = (from + to) >> 1;
    await this.#send(policy, lines, from, middle, refused);
    await this.#send(policy, lines, middle, to, refused);
  }

  #post(policy: string, body: string): Promise<{ verdict: Verdict; error: string }> {
    const { url, database, username, password, timeoutMs } = this.#options;
    const target = new URL('write', url.endsWith('/') ? url : `${url}/`);
    target.search = new URLSearchParams({ db: database, rp: policy, precision: 'ms' }).toString();
    const send = target.protocol === 'https:' ? tlsRequest : request;
    return new Promise((resolve, reject) => {
      const away = (reason: string) => reject(new InfluxAway(`InfluxDB write: ${reason}`));
      const auth = username === undefined ? {} : { auth: `${username}:${password ?? ''}` };
      const asked = send(target, { method: 'POST', agent: this.#agent, timeout: timeoutMs, ...auth }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text += part;
        });
        answer.on('error', (error) => away(error.message));
        answer.on('close', () => away('the answer broke off'));
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          if (status === 204) resolve({ verdict: 'written', error: '' });
          else if (status === 400 && /beyond retention policy/.test(text) && !/unable to parse/.test(text)) {
            // Older than the raw retention: rollups keep what is known of them.
            resolve({ verdict: 'too old', error: text });
          } else if (status === 400 || status === 413) resolve({ verdict: 'refused', error: text });
          else away(`status ${status} ${text.slice(0, 200)}`);
        });
      });
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.on('error', (error) => away(error.message));
      asked.end(body);
    });
  }
}
