/**
 * Opens connections to a broker until it is killed: `node flooder.ts PORT RATE`. A third stay silent, a third begin a CONNECT and
 * stop, a third sign in with a wrong password. They come from several addresses of the loopback network, and none is closed by us.
 * Every second it tells how many it has opened and how many the broker has closed.
 */
import { connect } from 'node:net';
import { generate } from 'mqtt-packet';

const [port = 0, rate = 1000] = process.argv.slice(2).map(Number);
const ADDRESSES = 12;
const TICK_MS = 10;

const impostor = generate({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  clientId: 'air-1-a',
  keepalive: 60,
  username: 'air-1-a',
  password: Buffer.from('a guess'),
});
const BEGINNINGS = [undefined, impostor.subarray(0, 9), impostor];

const counts = { opened: 0, closed: 0, failed: 0 };

function knock(number: number): void {
  const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (number % ADDRESSES)}` });
  const beginning = BEGINNINGS[number % BEGINNINGS.length];
  socket.on('connect', () => {
    counts.opened += 1;
    if (beginning !== undefined) socket.write(beginning);
  });
  socket.on('error', () => {
    counts.failed += 1;
  });
  socket.on('close', () => {
    counts.closed += 1;
  });
  socket.resume();
}

const began = performance.now();
let knocked = 0;
setInterval(() => {
  const due = ((performance.now() - began) / 1000) * rate;
  for (; knocked < due; knocked += 1) knock(knocked);
}, TICK_MS);
setInterval(() => process.stdout.write(`${JSON.stringify(counts)}\n`), 1000);
