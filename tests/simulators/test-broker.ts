import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { parseReadingTopic } from '@clearbay/contract/topics.ts';
import { Aedes } from 'aedes';

interface Received {
  readonly user: string;
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** A bare broker that lets a device in with the password `secret-<device>` and keeps what was published. */
export async function testBroker() {
  const received: Received[] = [];
  const broker = await Aedes.createBroker({
    authenticate: (client, user, password, done) => {
      (client as { user?: string }).user = user;
      done(null, password?.toString() === `secret-${user}`);
    },
  });
  broker.on('publish', (packet, client) => {
    if (client === null || client === undefined) return;
    const user = (client as { user?: string }).user ?? '';
    received.push({ user, topic: packet.topic, payload: packet.payload.toString(), qos: packet.qos, retain: packet.retain });
  });
  const server = createServer(broker.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    broker,
    /** Readings of the messages on reading topics, with station and device of the topic. */
    readings: () =>
      received.flatMap(({ topic, payload, user }) => {
        const parts = parseReadingTopic(topic);
        if (parts === undefined) return [];
        const parsed: unknown = JSON.parse(payload);
        const list = (Array.isArray(parsed) ? parsed : [parsed]) as Record<string, unknown>[];
        return list.map((reading) => ({ ...parts, user, reading }));
      }),
    close: async () => {
      await new Promise<void>((resolve) => {
        broker.close(() => resolve());
      });
      server.close();
    },
  };
}
