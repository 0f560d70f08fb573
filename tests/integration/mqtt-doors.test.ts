import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeCertificates } from '../broker/certificates.ts';
import { clearbay } from '../harness/clearbay.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';

const TOPIC = 'clearbay/v1/readings/air/air-1/box-1';

const DISTRICT = {
  id: 'd',
  name: { zh: '区', en: 'district' },
  towns: [{ id: 'a', name: { zh: '镇', en: 'town' } }],
  stations: [
    {
      id: 'air-1',
      kind: 'air',
      name: { zh: '站', en: 'station' },
      town: 'a',
      position: { lon: 118, lat: 25 },
      devices: [{ id: 'box-1' }],
    },
  ],
};

let files: string;
let renewed: string;
let system: RunningSystem;
const clients: MqttClient[] = [];
const file = (name: string) => join(files, name);
const certificateOf = (name: string) => ({ cert: readFileSync(file(`${name}.pem`)), key: readFileSync(file(`${name}.key`)) });

beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), 'clearbay-doors-'));
  renewed = mkdtempSync(join(tmpdir(), 'clearbay-renewed-'));
  writeCertificates(files, ['localhost', 'box-1', 'box-9']);
  writeCertificates(renewed, ['localhost'], 'renewed authority');
  const secure = { port: 0, certFile: file('localhost.pem'), keyFile: file('localhost.key'), caFile: file('ca.pem') };
  system = await startSystem({
    config: {
      mqtt: {
        port: null,
        webSocketPort: 0,
        tls: { ...secure, clientCertificates: 'accepted' },
        wss: { ...secure, clientCertificates: 'required' },
      },
      district: DISTRICT,
    },
    devices: new Map([['box-1', ['air-1']]]),
    plainMqtt: false,
  });
}, 60_000);
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
});
afterAll(async () => {
  await system?.stop();
  for (const folder of [files, renewed]) rmSync(folder, { recursive: true, force: true });
});

const authorities = () => [files, renewed].map((folder) => readFileSync(join(folder, 'ca.pem')));
const urls = () => ({
  ws: `ws://127.0.0.1:${system.mqttPorts.ws}/mqtt`,
  tls: `mqtts://localhost:${system.mqttPorts.tls}`,
  wss: `wss://localhost:${system.mqttPorts.wss}/mqtt`,
});

async function enter(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(url, {
    clientId: 'box-1',
    protocolVersion: 4,
    reconnectPeriod: 0,
    ca: authorities(),
    ...options,
  });
  client.on('error', () => {});
  clients.push(client);
  return client;
}

const byPassword = () => ({ username: 'box-1', password: system.passwords.get('box-1') ?? '' });
const report = (client: MqttClient) => client.publishAsync(TOPIC, JSON.stringify({ values: { pm25: 20 } }), { qos: 1 });

/** Of the certificate that a new handshake is shown. */
function fingerprint(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: 'localhost', port: system.mqttPorts.tls ?? 0, ca: authorities() }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('the listeners that the settings name', () => {
  test('are open, and plain TCP, which they leave out, is not', () => {
    expect(Object.keys(system.mqttPorts).sort()).toEqual(['tls', 'ws', 'wss']);
    expect(system.mqttPort).toBeUndefined();
  });

  test('take a password over WebSocket and TLS, and over TLS a certificate in its place', async () => {
    await report(await enter(urls().ws, byPassword()));
    await report(await enter(urls().tls, { ...byPassword(), clientId: 'box-1/tls' }));
    await report(await enter(urls().tls, { ...certificateOf('box-1'), clientId: 'box-1/certificate' }));
  });

  test('refuse a certificate in another name, and one of a device that is not there', async () => {
    await expect(enter(urls().tls, { ...certificateOf('box-9'), username: 'box-1' })).rejects.toMatchObject({ code: 4 });
    await expect(enter(urls().tls, { ...certificateOf('box-9'), clientId: 'box-9' })).rejects.toMatchObject({ code: 4 });
  });

  test('let nobody in without a certificate where one is required, and its holder without a password', async () => {
    await expect(enter(urls().wss, byPassword())).rejects.toThrow();
    await report(await enter(urls().wss, certificateOf('box-1')));
  });

  test('take a renewed certificate over without a gap', { timeout: 30_000 }, async () => {
    const live = await enter(urls().tls, { ...byPassword(), clientId: 'box-1/live' });
    const old = await fingerprint();
    copyFileSync(join(renewed, 'localhost.key'), file('localhost.key'));
    await pause(2500);
    copyFileSync(join(renewed, 'localhost.pem'), file('localhost.pem'));
    let handshakes = 0;
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; handshakes += 1) {
      // Every newcomer gets in, whichever of the two it is shown.
      const client = await enter(handshakes % 2 === 0 ? urls().tls : urls().wss, {
        ...certificateOf('box-1'),
        clientId: `box-1/${handshakes}`,
      });
      await report(client);
      await report(live);
      await client.endAsync();
      if ((await fingerprint()) !== old) break;
      await pause(100);
    }
    expect(await fingerprint()).not.toBe(old);
    expect(handshakes).toBeGreaterThan(0);
    expect(live.connected).toBe(true);
  });
});

describe('files of a listener that cannot be used', () => {
  test('are told by check-config and by the start, as path and reason', async () => {
    const configFile = join(files, 'wrong.yaml');
    const tls = { port: 0, certFile: file('box-1.pem'), keyFile: file('box-9.key') };
    writeFileSync(configFile, JSON.stringify({ mqtt: { port: 0, tls }, http: { port: 0 }, district: DISTRICT }));
    const told = {
      code: 1,
      stdout: '',
      stderr: `The configuration has faults:\n  settings.mqtt.tls.keyFile: ${tls.keyFile} is not the key of the certificate in ${tls.certFile}\n`,
    };
    expect(await clearbay(['check-config', configFile])).toEqual(told);
    expect(await clearbay(['start', '--config', configFile, '--data', join(files, 'data')])).toEqual(told);
  });
});
