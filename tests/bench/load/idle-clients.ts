/** Thousands of devices that connect at a steady rate and then say little; a process of its own. Prints what became of them as JSON, and holds on until it is ended. */
import { connect } from 'node:net';
import { generate } from 'mqtt-packet';
import { BENCH_PASSWORD, idleDevice } from './fleet.ts';

export interface IdlePlan {
  readonly port: number;
  readonly count: number;
  readonly perSecond: number;
}

export interface IdleFigures {
  readonly connected: number;
  readonly refused: number;
  /** From the first connection to the last CONNACK. */
  readonly seconds: number;
}

/** Loopback addresses that the devices come from: one address has too few ports for a large fleet. */
const ADDRESSES = 8;
const TICK_MS = 5;
/** A keep-alive of ten minutes. */
const KEEPALIVE_S = 600;

const plan = JSON.parse(process.argv[2] ?? '') as IdlePlan;

function open(index: number): Promise<boolean> {
  const user = idleDevice(index);
  return new Promise((resolve) => {
    const socket = connect({ port: plan.port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (index % ADDRESSES)}` });
    socket.once('data', (connack: Buffer) => resolve(connack[3] === 0));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: user,
        keepalive: KEEPALIVE_S,
        username: user,
        password: Buffer.from(BENCH_PASSWORD),
      }),
    );
  });
}

const start = performance.now();
const opened: Promise<boolean>[] = [];
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const due = Math.min(plan.count, Math.floor(((performance.now() - start) / 1000) * plan.perSecond));
    while (opened.length < due) opened.push(open(opened.length));
    if (opened.length < plan.count) return;
    clearInterval(timer);
    resolve();
  }, TICK_MS);
});
const connected = (await Promise.all(opened)).filter((isOpen) => isOpen).length;
const figures: IdleFigures = { connected, refused: plan.count - connected, seconds: (performance.now() - start) / 1000 };
process.stdout.write(`${JSON.stringify(figures)}\n`);
// The open connections keep the process alive.
process.on('SIGTERM', () => process.exit(0));
