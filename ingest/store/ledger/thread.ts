import { parentPort, type Transferable, Worker } from 'node:worker_threads';

/** What a thread answers to: plain functions over cloneable values. */
type ThreadApi<A> = { [K in keyof A]: (...args: never[]) => unknown };
type Answer<F> = F extends (...args: never[]) => infer R ? (Awaited<R> extends Moved<infer V> ? V : Awaited<R>) : never;
type Asked<F> = F extends (...args: infer P) => unknown ? P : never;

interface Request {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string | undefined } }
  | { readonly news: unknown };

/** Without a limit each thread's young generation grows to 100 MB and more under load, and stays. */
const YOUNG_MEGABYTES = 24;

/** An answer whose buffers change hands instead of being copied. */
export class Moved<V> {
  readonly value: V;
  readonly transfer: readonly Transferable[];
  constructor(value: V, transfer: readonly Transferable[]) {
    this.value = value;
    this.transfer = transfer;
  }
}

/** Calls into one storage thread. A thread that dies rejects what it owed; `alive` tells, and a new one is started by its owner. */
export class StorageThread<A extends ThreadApi<A>> {
  readonly #worker: Worker;
  readonly #owed = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #failure: Error | undefined;
  #news: (news: unknown) => void = () => {};
  #death: (error: Error) => void = () => {};

  constructor(module: URL, name: string) {
    // The flags of a test runner or debugger are not for the storage thread.
    this.#worker = new Worker(module, { name, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#die(new Error(`storage thread ${name} has ended`)));
  }

  get alive(): boolean {
    return this.#failure === undefined;
  }

  /** Hears what the thread tells without being asked. */
  onNews(listener: (news: unknown) => void): void {
    this.#news = listener;
  }

  /** Hears, once, that the thread has ended. */
  onDeath(listener: (error: Error) => void): void {
    this.#death = listener;
  }

  call<K extends keyof A & string>(name: K, args: Asked<A[K]>, transfer: readonly Transferable[] = []): Promise<Answer<A[K]>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = ++this.#lastId;
    const request: Request = { id, name, args };
    return new Promise((resolve, reject) => {
      this.#owed.set(id, { resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    if ('news' in reply) {
      this.#news(reply.news);
      return;
    }
    const owed = this.#owed.get(reply.id);
    this.#owed.delete(reply.id);
    if ('error' in reply) owed?.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
    else owed?.resolve(reply.value as never);
  }

  #die(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const owed of this.#owed.values()) owed.reject(error);
    this.#owed.clear();
    this.#death(error);
  }
}

/** Answers calls inside a storage thread; gives the way to tell news. */
export function serveThread<A extends ThreadApi<A>>(api: A): (news: unknown) => void {
  const port = parentPort;
  if (port === null) throw new Error('this module runs in a storage thread');
  const functions = api as unknown as Record<string, (...args: unknown[]) => unknown>;
  const answer = async ({ id, name, args }: Request) => {
    try {
      const value = await functions[name]?.(...args);
      if (value instanceof Moved) port.postMessage({ id, value: value.value }, value.transfer);
      else port.postMessage({ id, value });
    } catch (error) {
      const { message, code } = error as { message?: string; code?: string };
      port.postMessage({ id, error: { message: message ?? String(error), code } });
    }
  };
  port.on('message', (request: Request) => void answer(request));
  return (news) => port.postMessage({ news });
}
