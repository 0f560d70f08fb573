import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Broker } from '@clearbay/broker/broker.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeCertificates } from './certificates.ts';
import { credential, OpenGate, PASSWORD } from './stage.ts';

const local = { host: '127.0.0.1', port: 0 };
const identity = { username: 'd1', clientId: 'd1', protocolVersion: 4 as const, reconnectPeriod: 0 };
const TOPIC = 'clearbay/v1/readings/air/s1/d1';

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clearbay-tls-'));
  writeCertificates(folder, ['localhost', 'd1', 'stranger']);
});
afterAll(() => rmSync(folder, { recursive: true }));

let broker: Broker;
let clients: MqttClient[] = [];
afterEach(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)));
  clients = [];
  await broker.stop();
});

async function start(clientCertificates: 'none' | 'accepted' | 'required' = 'none') {
  const tls = { ...local, cert: file('localhost.pem'), key: file('localhost.key'), ca: file('ca.pem'), clientCertificates };
  const devices = new Map([['d1', credential('d1')]]);
  broker = new Broker({
    listen: { tcp: local, ws: local, tls, wss: tls },
    gate: new OpenGate(),
    credentials: { find: (user) => devices.get(user) },
  });
  return broker.start();
}

async function publishOver(url: string, options: object): Promise<void> {
  const client = await connectAsync(url, { ...identity, ca: readFileSync(file('ca.pem')), ...options });
  clients.push(client);
  await client.publishAsync(TOPIC, '{}', { qos: 1 });
}

describe('listeners', () => {
  test('the same device comes in over TCP, TLS, WebSocket and secure WebSocket', async () => {
    const { tcp, tls, ws, wss } = await start();
    await publishOver(`mqtt://127.0.0.1:${tcp?.port}`, { password: PASSWORD });
    await publishOver(`mqtts://localhost:${tls?.port}`, { password: PASSWORD, clientId: 'd1/tls' });
    await publishOver(`ws://127.0.0.1:${ws?.port}/mqtt`, { password: PASSWORD, clientId: 'd1/ws' });
    await publishOver(`wss://localhost:${wss?.port}/mqtt`, { password: PASSWORD, clientId: 'd1/wss' });
    expect(broker.stats()).toMatchObject({ clients: 4, readings: 4, refused: {} });
  });

  test('a renewed certificate is taken over without a gap, and a broken one is not', async () => {
    const { tls } = await start();
    const fingerprint = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ host: 'localhost', port: tls?.port ?? 0, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        });
        socket.once('error', reject);
      });
    await publishOver(`mqtts://localhost:${tls?.port}`, { password: PASSWORD });
    const first = await fingerprint();
    const renewed = mkdtempSync(join(tmpdir(), 'clearbay-renewed-'));
    writeCertificates(renewed, ['localhost']);
    const before = ['localhost.pem', 'localhost.key'].map((name) => [name, readFileSync(file(name))] as const);
    try {
      writeFileSync(file('localhost.pem'), 'half a certificate');
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(await fingerprint()).toBe(first);
      for (const [name] of before) copyFileSync(join(renewed, name), file(name));
      await expect.poll(fingerprint, { timeout: 6000, interval: 250 }).not.toBe(first);
      await clients[0]?.publishAsync(TOPIC, '{}', { qos: 1 });
      expect(broker.stats().readings).toBe(2);
    } finally {
      for (const [name, content] of before) writeFileSync(file(name), content);
      rmSync(renewed, { recursive: true });
    }
  });

  test('a certificate of our authority stands in for the password, for its own name only', async () => {
    const { tls } = await start('accepted');
    const of = (name: string) => ({ cert: readFileSync(file(`${name}.pem`)), key: readFileSync(file(`${name}.key`)) });
    await publishOver(`mqtts://localhost:${tls?.port}`, of('d1'));
    await expect(publishOver(`mqtts://localhost:${tls?.port}`, { ...of('stranger'), password: PASSWORD })).rejects.toThrow();
    await expect(
      publishOver(`mqtts://localhost:${tls?.port}`, { ...of('stranger'), username: 'stranger', clientId: 'stranger' }),
    ).rejects.toThrow();
    expect(broker.stats().refused).toEqual({ certificate: 1, 'unknown-user': 1 });
  });

  test('without a certificate nobody comes in where one is needed', async () => {
    const { tls } = await start('required');
    await expect(publishOver(`mqtts://localhost:${tls?.port}`, { password: PASSWORD })).rejects.toThrow();
  });

  test('HTTP on the WebSocket port is told what it is', async () => {
    const { ws } = await start();
    const status = await new Promise((resolve, reject) => {
      get({ port: ws?.port, host: '127.0.0.1', path: '/' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(426);
  });

  test('a port that is taken is an error of the start', async () => {
    const { tcp } = await start();
    const second = new Broker({
      listen: { tcp: { host: '127.0.0.1', port: tcp?.port ?? 0 } },
      gate: new OpenGate(),
      credentials: { find: () => undefined },
    });
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.stop();
  });
});
