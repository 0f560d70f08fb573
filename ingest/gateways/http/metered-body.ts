import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BulkRefused } from '@clearbay/contract/bulk.ts';

export interface MeteredBody {
  /** The body as plain bytes; it fails beyond the limit, packed or unpacked. */
  readonly plain: Readable;
  /** SHA-256 of what was read, hex; call it after the end. */
  digest(): string;
}

/** Unpacks a body and bounds its size: a small gzip can swell a thousandfold. */
export function meteredBody(body: Readable, encoding: string, maxBytes: number): MeteredBody {
  if (encoding !== 'identity' && encoding !== 'gzip') throw new BulkRefused('body.type', 'the encoding must be identity or gzip');
  const hash = createHash('sha256');
  let bytes = 0;
  const plain = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > maxBytes) return done(new BulkRefused('body.too-large', `a body may have ${maxBytes} bytes unpacked`));
      hash.update(piece);
      done(null, piece);
    },
  });
  const source = encoding === 'gzip' ? body.pipe(createGunzip()) : body;
  if (source !== body) body.on('error', (error) => source.destroy(error));
  source.on('error', (cause) => {
    const broken = 'code' in cause && String(cause.code).startsWith('Z_');
    plain.destroy(broken ? new BulkRefused('body.syntax', 'the body is not valid gzip', cause) : cause);
  });
  return { plain: source.pipe(plain), digest: () => hash.digest('hex') };
}
