import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConfigFault } from './faults.ts';
import type { Settings } from './schema/settings.ts';

type SecureDoor = NonNullable<Settings['mqtt']['tls']>;

/**
 * Faults of the files that the secure MQTT listeners name: one that cannot be read or is no PEM, a key of another certificate.
 * Asked where the listeners are to be opened, or a person wants to know; other commands need not be able to read a private key.
 */
export function listenerFileFaults({ mqtt }: Settings): readonly ConfigFault[] {
  if (mqtt.external !== undefined) return [];
  return (['tls', 'wss'] as const).flatMap((name) => (mqtt[name] ? doorFaults(`settings.mqtt.${name}`, mqtt[name]) : []));
}

function doorFaults(path: string, { certFile, keyFile, caFile }: SecureDoor): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const read = <Content>(field: string, file: string, parse: (pem: Buffer) => Content): Content | undefined => {
    try {
      return parse(readFileSync(file));
    } catch (error) {
      faults.push({ path: `${path}.${field}`, reason: fileFault(file, error) });
      return undefined;
    }
  };
  const certificate = read('certFile', certFile, (pem) => new X509Certificate(pem));
  const key = read('keyFile', keyFile, (pem) => createPrivateKey(pem));
  if (caFile !== undefined) read('caFile', caFile, (pem) => new X509Certificate(pem));
  if (certificate && key && !certificate.checkPrivateKey(key)) {
    faults.push({ path: `${path}.keyFile`, reason: `${keyFile} is not the key of the certificate in ${certFile}` });
  }
  return faults;
}

function fileFault(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return `the file ${file} does not exist`;
  return /^E[A-Z]+$/.test(code) ? `the file ${file} cannot be read (${code})` : `${file} holds no PEM that can be used here`;
}
