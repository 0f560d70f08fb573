import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@clearbay/contract/topics.ts';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeCertificates } from '../broker/certificates.ts';
import { freePort } from '../harness/free-port.ts';
import { describeWithMosquitto, Mosquitto, until } from './external-mosquitto.ts';
import { device, type OurSide, ourSide, publishReadings, READINGS, STATION, upTo } from './external-stage.ts';

/** A line of Mosquitto's password file (PBKDF2 with SHA-512). */
function passwordLine(user: string, password: string): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512');
  return `${user}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}

describeWithMosquitto('readings from a broker outside', () => {
  let folder: string;
  let mosquitto: Mosquitto;
  const sides: OurSide[] = [];
  const clients: MqttClient[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'external-broker-'));
    mosquitto = new Mosquitto(folder);
    await mosquitto.start();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    for (const side of sides.splice(0)) await side.stop();
    await mosquitto.remove();
    await rm(folder, { recursive: true });
  });

  const come = async (options?: Parameters<typeof ourSide>[2]) => {
    const side = await ourSide(folder, mosquitto.url, options);
    sides.push(side);
    return side;
  };
  const leave = async (side: OurSide) => {
    sides.splice(sides.indexOf(side), 1);
    await side.stop();
  };
  const sender = async () => {
    const client = await device(mosquitto.url);
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };
  const storedAll = (side: OurSide, count: number) =>
    until(async () => (await side.stored()).length >= count, `${count} readings are stored`);
  const sorted = async (side: OurSide) => (await side.stored()).sort((a, b) => a - b);

  test('nothing is acknowledged before it is on disk, and many messages wait for it together', async () => {
    const first = await come();
    let commit = () => {};
    first.ledger.before = new Promise((resolve) => {
      commit = resolve;
    });
    first.ledger.refuses = true;
    await publishReadings(await sender(), 0, 500);
    await until(() => first.broker.stats().inFlight === 500, 'all are read from the broker');
    // This run ends without a commit, so the broker must send all of them again.
    await leave(first);
    commit();
    const second = await come();
    await storedAll(second, 500);
    expect(second.broker.stats().redelivered).toBe(500);
    expect(await second.stored()).toEqual(upTo(500));
    await until(() => second.broker.stats().inFlight === 0, 'all are answered');
    await leave(second);
    const third = await come();
    await sleep(300);
    expect(third.broker.stats().messages).toBe(0);
  });

  test('what was committed but not acknowledged comes again and is a counted duplicate', async () => {
    const first = await come();
    first.ledger.after = new Promise(() => {});
    await publishReadings(await sender(), 0, 300);
    await storedAll(first, 1);
    await leave(first);
    const second = await come();
    await storedAll(second, 300);
    await until(() => second.broker.stats().inFlight === 0, 'all are answered');
    expect(second.broker.stats().redelivered).toBe(300);
    expect(second.receiver.counters.duplicates).toBeGreaterThan(0);
    expect(second.receiver.counters.duplicates + second.receiver.counters.stored).toBe(300);
    expect(await sorted(second)).toEqual(upTo(300));
  });

  test('a restart of the broker under load loses and doubles nothing', async () => {
    const side = await come();
    const client = await sender();
    const publishing = (async () => {
      for (let index = 0; index < 2000; index += 20) {
        void publishReadings(client, index, index + 20);
        await sleep(10);
      }
    })();
    await sleep(300);
    await mosquitto.stop();
    await until(() => side.broker.troubles().length > 0, 'the outage is noticed');
    expect(side.broker.troubles()[0]).toMatch(/^MQTT broker mqtt:\/\/127\.0\.0\.1:\d+: .+; messages wait there$/);
    await sleep(300);
    await mosquitto.start();
    await publishing;
    await storedAll(side, 2000);
    expect(await sorted(side)).toEqual(upTo(2000));
    expect(side.broker.troubles()).toEqual([]);
    expect(side.told).toEqual(['session']);
  });

  test('while we are away the broker holds our messages, over its own restart too', async () => {
    const first = await come();
    const client = await sender();
    await publishReadings(client, 0, 100);
    await storedAll(first, 100);
    await leave(first);
    await publishReadings(client, 100, 600);
    // Both sides start anew at the same time, and the device publishes on.
    await mosquitto.stop();
    const meanwhile = publishReadings(client, 600, 700);
    const second = await come({ hadSession: true });
    expect(second.broker.troubles()).toHaveLength(1);
    await mosquitto.start();
    await meanwhile;
    await publishReadings(client, 700, 800);
    await storedAll(second, 800);
    expect(await sorted(second)).toEqual(upTo(800));
    expect(second.broker.stats().forgotten).toBe(0);
    expect(second.told).toEqual([]);
  });

  test('a broker that forgot our session is subscribed anew, and the gap is told', async () => {
    await mosquitto.stop();
    mosquitto = new Mosquitto(folder, { persistence: false });
    await mosquitto.start();
    const side = await come();
    await mosquitto.stop();
    await until(() => side.broker.troubles().length > 0, 'the outage is noticed');
    await mosquitto.start();
    await until(() => side.told.includes('forgotten'), 'the lost session is noticed');
    expect(side.broker.troubles()[0]).toContain('had forgotten our session');
    await publishReadings(await sender(), 0, 10);
    await storedAll(side, 10);
  });

  test('a disk that refuses keeps the messages at the broker until it takes them', async () => {
    const side = await come();
    side.ledger.refuses = true;
    await publishReadings(await sender(), 0, 200);
    await until(() => (side.broker.stats().refused['not-committed'] ?? 0) > 200, 'the broker has tried again');
    expect(await side.stored()).toEqual([]);
    side.ledger.refuses = false;
    await storedAll(side, 200);
    expect(await sorted(side)).toEqual(upTo(200));
    await until(() => side.broker.troubles().length === 0, 'the connection is well again');
  });

  test('a slow disk stops the reading instead of filling the memory', async () => {
    const side = await come({ limits: { maxInFlight: 25 } });
    let commit = () => {};
    side.ledger.before = new Promise((resolve) => {
      commit = resolve;
    });
    await publishReadings(await sender(), 0, 400);
    await sleep(300);
    expect(side.broker.stats().inFlight).toBe(25);
    commit();
    await storedAll(side, 400);
    expect(await side.stored()).toEqual(upTo(400));
  });

  test('what is no reading is counted and holds nothing up', async () => {
    const side = await come();
    const client = await sender();
    await client.publishAsync(READINGS, 'garbage', { qos: 1 });
    await client.publishAsync(READINGS, Buffer.alloc(70_000, 0x20), { qos: 1 });
    await client.publishAsync(topics.readings('air', STATION, 'stranger'), '{"values":{"pm25":1}}', { qos: 1 });
    await client.publishAsync(topics.status('air-baiqi-1'), 'online', { qos: 1 });
    await client.publishAsync(topics.status('air-luoyang-1'), '{"online":true}', { qos: 1 });
    await publishReadings(client, 0, 3);
    await storedAll(side, 3);
    expect(side.receiver.refusals.counts()).toEqual({ 'not-json': 1, 'unknown-device': 1 });
    expect(side.broker.stats().refused).toEqual({ 'too-large': 1, 'bad-status': 1 });
    expect(side.broker.stats().clients).toBe(1);
  });

  test('states and alerts go out through the broker; the newest state waits while it is away', async () => {
    const side = await come();
    const listener = await sender();
    const heard: string[] = [];
    listener.on('message', (topic, message) => heard.push(`${topic} ${message.toString()}`));
    await listener.subscribeAsync('clearbay/v1/+/#', { qos: 1 });
    await side.broker.publish(topics.alert('a1'), 'open', { retain: true, qos: 1 });
    await side.broker.publish(topics.state('air', STATION), 'good', { retain: true, qos: 0 });
    await until(() => heard.length === 2, 'both are heard');
    expect(heard.sort()).toEqual([`${topics.alert('a1')} open`, `${topics.state('air', STATION)} good`]);
    await mosquitto.stop();
    await until(() => side.broker.troubles().length > 0, 'the outage is noticed');
    await expect(side.broker.publish(topics.alert('a1'), 'raised', { retain: true, qos: 1 })).rejects.toThrow('away');
    await side.broker.publish(topics.state('air', STATION), 'moderate', { retain: true, qos: 0 });
    await side.broker.publish(topics.state('air', STATION), 'poor', { retain: true, qos: 0 });
    await mosquitto.start();
    await until(() => side.broker.troubles().length === 0, 'the broker is back');
    // Whoever asks from now on is told by the broker, which retains it.
    const asker = await connectAsync(mosquitto.url, { clientId: 'asker' });
    clients.push(asker);
    const retained: string[] = [];
    asker.on('message', (topic, message) => retained.push(`${topic} ${message.toString()}`));
    await asker.subscribeAsync(topics.state('+', '+'));
    await until(() => retained.length > 0, 'the state is heard');
    expect(retained.at(-1)).toBe(`${topics.state('air', STATION)} poor`);
  });

  test('a refused account is told as it is, and tried again until it is let in', async () => {
    await mosquitto.stop();
    const passwords = join(folder, 'passwords');
    mosquitto = new Mosquitto(folder, { access: ['allow_anonymous false', `password_file ${passwords}`] });
    await writeFile(passwords, passwordLine('clearbay', 'of yesterday'));
    await mosquitto.start();
    const account = { url: mosquitto.url, clientId: 'clearbay', username: 'clearbay', password: 'of today' };
    const side = await come({ account });
    expect(side.broker.troubles()[0]).toContain('Connection refused: Not authorized');
    await mosquitto.stop();
    await writeFile(passwords, passwordLine('clearbay', 'of today'));
    await mosquitto.start();
    await until(() => side.broker.troubles().length === 0, 'we are let in');
  });

  test('a broker over TLS is believed when its authority is the one we were given', async () => {
    await mosquitto.stop();
    writeCertificates(folder, ['localhost']);
    const port = await freePort();
    const file = (name: string) => join(folder, name);
    const secure = [`listener ${port} 127.0.0.1`, `certfile ${file('localhost.pem')}`, `keyfile ${file('localhost.key')}`];
    mosquitto = new Mosquitto(folder, { access: ['allow_anonymous true', ...secure] });
    await mosquitto.start();
    const account = { url: `mqtts://localhost:${port}`, clientId: 'clearbay' };
    const stranger = await come({ account });
    expect(stranger.broker.troubles()[0]).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    await leave(stranger);
    const side = await come({ account: { ...account, ca: await readFile(file('ca.pem')) } });
    expect(side.broker.troubles()).toEqual([]);
    await publishReadings(await sender(), 0, 3);
    await storedAll(side, 3);
  });
});

describeWithMosquitto('Mosquitto set up as the README says', () => {
  test('a device speaks for itself alone, and the platform hears it and answers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'external-readme-'));
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const block = (language: string) => readme.match(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``))?.[1] ?? '';
    const persistence = /^(persistence|persistence_location|max_\w+_messages) /;
    const access = block('conf')
      .trim()
      .split('\n')
      .filter((line) => !persistence.test(line))
      .map((line) => line.replace('/etc/mosquitto', folder));
    expect(access.length).toBe(4);
    await writeFile(join(folder, 'acl'), block('acl'));
    const users = ['clearbay', 'air-baiqi-1', 'air-luoyang-1'].map((user) => passwordLine(user, `${user} secret`));
    await writeFile(join(folder, 'passwords'), users.join(''));
    const mosquitto = new Mosquitto(folder, { access });
    await mosquitto.start();
    const as = (username: string) => ({ username, password: `${username} secret` });
    const side = await ourSide(folder, mosquitto.url, {
      account: { url: mosquitto.url, clientId: 'clearbay', ...as('clearbay') },
    });
    const own = await connectAsync(mosquitto.url, as('air-baiqi-1'));
    const foreign = await connectAsync(mosquitto.url, as('air-luoyang-1'));
    const heard: string[] = [];
    own.on('message', (topic) => heard.push(topic));
    await own.subscribeAsync([topics.guidance('lot'), topics.commands('air-baiqi-1'), topics.commands('+')]);
    await publishReadings(foreign, 100, 105);
    await publishReadings(own, 0, 5);
    await side.broker.publish(topics.guidance('lot'), 'full', { retain: true, qos: 1 });
    await until(() => side.receiver.counters.stored === 5 && heard.length === 1, 'both are heard');
    expect(await side.stored()).toEqual(upTo(5));
    expect(side.broker.stats().messages).toBe(5);
    own.end(true);
    foreign.end(true);
    await side.stop();
    await mosquitto.remove();
    await rm(folder, { recursive: true });
  });
});

test('a subscription that the broker refuses is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'external-broker-'));
  const aedes = await Aedes.createBroker({
    authorizeSubscribe: (_client, subscription, done) => done(null, subscription.topic.includes(STATION) ? null : subscription),
  });
  const server = createServer(aedes.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const side = await ourSide(folder, `mqtt://127.0.0.1:${port}`);
  expect(side.broker.troubles()).toEqual([
    `MQTT broker mqtt://127.0.0.1:${port}: refuses the subscription to ${topics.readings('+', STATION, '+')}`,
  ]);
  await side.stop();
  await new Promise<void>((resolve) => aedes.close(resolve));
  server.close();
  await rm(folder, { recursive: true });
});
