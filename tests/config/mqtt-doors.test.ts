import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOf } from '@clearbay/config/faults.ts';
import { listenerFileFaults } from '@clearbay/config/listener-files.ts';
import { settingsSchema } from '@clearbay/config/schema/settings.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeCertificates } from '../broker/certificates.ts';

const FILES = { certFile: 'c.pem', keyFile: 'c.key' };

function faults(mqtt: object): readonly string[] {
  const { error } = settingsSchema.safeParse({ mqtt });
  return error === undefined ? [] : faultsOf(error, 'settings').map(({ path }) => path);
}

describe('the listeners of the embedded broker', () => {
  test('are plain TCP alone by default', () => {
    const { mqtt } = settingsSchema.parse({});
    expect(mqtt).toMatchObject({ host: '127.0.0.1', port: 1883, webSocketPort: null });
    expect(Object.keys(mqtt)).toEqual(expect.not.arrayContaining(['tls', 'wss', 'external']));
  });

  test('are each opened or left out by itself', () => {
    const { mqtt } = settingsSchema.parse({ mqtt: { port: null, tls: null, wss: { ...FILES, port: 9001 } } });
    expect([mqtt.port, mqtt.webSocketPort, mqtt.tls]).toEqual([null, null, null]);
    expect(mqtt.wss).toEqual({ ...FILES, port: 9001, clientCertificates: 'none' });
  });

  test('ask for client certificates as told, and by default where an authority is named', () => {
    const asked = (more: object) => settingsSchema.parse({ mqtt: { tls: { ...FILES, ...more } } }).mqtt.tls?.clientCertificates;
    expect(asked({})).toBe('none');
    expect(asked({ caFile: 'ca.pem' })).toBe('required');
    expect(asked({ caFile: 'ca.pem', clientCertificates: 'accepted' })).toBe('accepted');
    expect(asked({ caFile: 'ca.pem', clientCertificates: 'none' })).toBe('none');
  });

  test.each([
    [
      'client certificates without an authority',
      { tls: { ...FILES, clientCertificates: 'accepted' } },
      'settings.mqtt.tls.caFile',
    ],
    ['a way of asking that is none', { wss: { ...FILES, clientCertificates: 'often' } }, 'settings.mqtt.wss.clientCertificates'],
    ['a certificate without its key', { wss: { certFile: 'c.pem' } }, 'settings.mqtt.wss.keyFile'],
    ['no listener at all', { port: null }, 'settings.mqtt'],
    ['two listeners on one port', { port: 1883, webSocketPort: 1883 }, 'settings.mqtt.webSocketPort'],
    ['two secure ones on one port', { tls: FILES, wss: { ...FILES, port: 8883 } }, 'settings.mqtt.wss.port'],
  ])('%s is a fault', (_case, mqtt, path) => {
    expect(faults(mqtt)).toEqual([path]);
  });

  test('may all be left out where the broker is outside, and may all take a free port', () => {
    expect(faults({ port: null, external: { url: 'mqtt://broker' } })).toEqual([]);
    expect(faults({ port: 0, webSocketPort: 0, tls: { ...FILES, port: 0 }, wss: { ...FILES, port: 0 } })).toEqual([]);
  });
});

describe('the files that secure listeners name', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clearbay-doors-'));
    writeCertificates(folder, ['localhost', 'other']);
    writeFileSync(file('text.pem'), 'no certificate');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const fileFaults = (tls: object, more: object = {}) =>
    listenerFileFaults(settingsSchema.parse({ mqtt: { ...more, tls } })).map(({ path, reason }) => `${path}: ${reason}`);

  test('are sound where certificate, key and authority are there and belong together', () => {
    expect(fileFaults({ certFile: file('localhost.pem'), keyFile: file('localhost.key'), caFile: file('ca.pem') })).toEqual([]);
  });

  test('are named one by one where they are not there or hold something else', () => {
    expect(fileFaults({ certFile: file('none.pem'), keyFile: file('text.pem'), caFile: folder })).toEqual([
      `settings.mqtt.tls.certFile: the file ${file('none.pem')} does not exist`,
      `settings.mqtt.tls.keyFile: ${file('text.pem')} holds no PEM that can be used here`,
      `settings.mqtt.tls.caFile: the file ${folder} cannot be read (EISDIR)`,
    ]);
  });

  test('are a fault where the key is that of another certificate', () => {
    expect(fileFaults({ certFile: file('localhost.pem'), keyFile: file('other.key') })).toEqual([
      `settings.mqtt.tls.keyFile: ${file('other.key')} is not the key of the certificate in ${file('localhost.pem')}`,
    ]);
  });

  test('are not looked at where the broker is outside', () => {
    expect(fileFaults(FILES, { external: { url: 'mqtt://broker' } })).toEqual([]);
  });
});
