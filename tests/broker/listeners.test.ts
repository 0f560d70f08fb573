import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Broker } from '@clearbay/broker/broker.ts';
import type { BrokerLimits } from '@clearbay/broker/limits.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeCertificates } from './certificates.ts';
import { credential, OpenGate, PASSWORD, until } from './stage.ts';

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

type Certificates = 'none' | 'accepted' | 'required';

async function start(clientCertificates: Certificates = 'none', limits: Partial<BrokerLimits> = {}) {
  const tls = { ...local, cert: file('localhost.pem'), key: file('localhost.key'), ca: file('ca.pem'), clientCertificates };
  const devices = new Map([['d1', credential('d1')]]);
  broker = new Broker({
    listen: { tcp: local, ws: local, tls, wss: tls },
    gate: new OpenGate(),
    credentials: { find: (user) => devices.get(user) },
    limits,
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
    await until(() => broker.stats().connections === 0);
    expect(broker.stats().refused).toEqual({ 'handshake-failed': 1 });
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

describe.each(['tcp', 'tls', 'ws', 'wss'] as const)('sockets that say nothing on the %s listener', (kind) => {
  let sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
  });

  function knock(port: number, count: number): void {
    for (let index = 0; index < count; index += 1) {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => {});
      sockets.push(socket);
    }
  }

  test('are bounded from their first moment, and each that was turned away is counted', async () => {
    const bound = await start('none', { maxHalfOpenPerAddress: 10 });
    knock(bound[kind]?.port ?? 0, 60);
    await until(() => broker.stats().refused['half-open-evicted'] === 50);
    await until(() => sockets.filter(({ closed }) => closed).length === 50);
    expect(broker.stats()).toMatchObject({ connections: 10, halfOpen: 10, refused: { 'half-open-evicted': 50 } });
  });

  test('are ended when their time is over', async () => {
    const bound = await start('none', { connectTimeoutMs: 150 });
    knock(bound[kind]?.port ?? 0, 20);
    await until(() => sockets.filter(({ closed }) => closed).length === 20);
    await until(() => broker.stats().connections === 0);
    expect(broker.stats()).toMatchObject({ halfOpen: 0, refused: { 'connect-timeout': 20 } });
  });

  test('are asked by TCP whether they live', async () => {
    const bound = await start();
    const port = bound[kind]?.port ?? 0;
    knock(port, 3);
    await until(() => broker.stats().connections === 3);
    // Of the server's end of each connection (01: established) the running timer; 02 is the one of keep-alive probes.
    const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const timers = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1] === local && fields[3] === '01')
      .map((fields) => fields[5]?.split(':')[0]);
    expect(timers).toEqual(['02', '02', '02']);
  });
});

test.each(['tls', 'ws', 'wss'] as const)('a handshake that fails on the %s listener is counted once', async (kind) => {
  const bound = await start();
  const socket = connectTcp(bound[kind]?.port ?? 0, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('no handshake of any kind\r\n\r\n');
  await until(() => socket.closed || broker.stats().refused['handshake-failed'] === 1);
  socket.destroy();
  await until(() => broker.stats().connections === 0);
  expect(broker.stats().refused).toEqual({ 'handshake-failed': 1 });
});
