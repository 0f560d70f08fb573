import { statSync } from 'node:fs';

/** A listener whose certificate can be changed while it runs. */
interface Renewable {
  setSecureContext(options: object): void;
}

interface Watched {
  readonly server: Renewable;
  readonly files: readonly string[];
  readonly read: () => object;
  seen: string;
}

const LOOK_EVERY_MS = 2000;

function ages(files: readonly string[]): string {
  return files
    .map((file) => {
      const { mtimeMs, size, ino } = statSync(file);
      return `${mtimeMs} ${size} ${ino}`;
    })
    .join('\n');
}

/**
 * Takes renewed certificates over without a restart: new handshakes see the new one, open connections stay. A pair that
 * does not fit together yet (the key is written before the certificate, say) is left alone until it does.
 */
export class CertificateWatch {
  readonly #watched: Watched[] = [];
  #timer: NodeJS.Timeout | undefined;

  add(server: Renewable, files: readonly string[], read: () => object): void {
    this.#watched.push({ server, files, read, seen: ages(files) });
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.length = 0;
  }

  /** Looks now; runs by itself every two seconds. */
  look(): void {
    for (const watched of this.#watched) {
      try {
        const now = ages(watched.files);
        if (now === watched.seen) continue;
        watched.server.setSecureContext(watched.read());
        watched.seen = now;
      } catch {
        // Half written or missing: the old certificate serves on, and the next look tries again.
      }
    }
  }
}
