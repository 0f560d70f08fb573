import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Just enough DER (X.690) and X.509 (RFC 5280) for throw-away certificates, so that the tests need no tool besides Node. */
const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const SUBJECT_ALT_NAME = '551d11';
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));

const nameOf = (commonName: string) => sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(commonName)))));
const timeOf = (at: number) => der(0x18, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));

interface Authority {
  readonly name: string;
  readonly key: KeyObject;
}

let serial = 1;

function certificate(commonName: string, subjectKey: KeyObject, issuer: Authority, isAuthority: boolean): string {
  const day = 86_400_000;
  serial += 1;
  const extensions = isAuthority
    ? extension(BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.from([0xff]))))
    : extension(SUBJECT_ALT_NAME, sequence(der(0x82, Buffer.from(commonName))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial])),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    sequence(timeOf(Date.now() - day), timeOf(Date.now() + day)),
    nameOf(commonName),
    subjectKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, issuer.key));
  const base64 = sequence(body, ECDSA_WITH_SHA256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Writes `ca.pem`, and `<name>.pem` and `<name>.key` signed by it for every name. */
export function writeCertificates(folder: string, names: readonly string[], authorityName = 'test authority'): void {
  const make = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const root = make();
  const authority = { name: authorityName, key: root.privateKey };
  writeFileSync(join(folder, 'ca.pem'), certificate(authority.name, root.publicKey, authority, true));
  for (const name of names) {
    const pair = make();
    writeFileSync(join(folder, `${name}.key`), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, `${name}.pem`), certificate(name, pair.publicKey, authority, false));
  }
}
