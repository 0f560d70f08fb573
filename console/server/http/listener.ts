import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** Open requests get this long at the end before their connections are cut. */
const GRACE_MS = 1000;

/** An HTTP server that listens, with the times within which a request must come. */
export interface Listener {
  readonly http: Server;
  /** Where a browser on this machine finds it. */
  readonly url: string;
  readonly port: number;
}

/** Rejects with the system's error, `EADDRINUSE` where the port is taken. Port 0 takes a free one. */
export async function listen(app: Express, at: { readonly host: string; readonly port: number }): Promise<Listener> {
  const http = createServer({ headersTimeout: 15_000, requestTimeout: 120_000, keepAliveTimeout: 10_000 }, app);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(at.port, at.host, () => {
      http.off('error', reject);
      resolve();
    });
  });
  const { port, family, address } = http.address() as AddressInfo;
  const anywhere = address === '0.0.0.0' || address === '::';
  const host = anywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return { http, url: `http://${host}:${port}`, port };
}

/** Lets open requests end, cutting those that take longer than a second; `closing` ends what else holds connections. */
export async function close(http: Server, closing: () => Promise<unknown>): Promise<void> {
  const closed = new Promise<void>((resolve) => http.once('close', () => resolve()));
  const cut = setTimeout(() => http.closeAllConnections(), GRACE_MS);
  await closing();
  http.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}
