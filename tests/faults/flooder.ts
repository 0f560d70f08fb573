/**
 * Opens connections to a broker until it is killed: `node flooder.ts PORT TLS_PORT RATE`. In turn they stay silent, begin a CONNECT
 * and stop, sign in with a wrong password; on the TLS port they stay silent, begin a handshake and stop, finish it and guess a
 * password. They come from several addresses of the loopback network, and none is closed by us. Every half second it tells how
 * many it has opened, how many of them with TLS, and how many the broker has closed.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate } from 'mqtt-packet';

const [port = 0, tlsPort = 0, rate = 1000] = process.argv.slice(2).map(Number);
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
/** The head of a ClientHello that never comes. */
const HELLO = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);

const counts = { opened: 0, secured: 0, closed: 0, failed: 0 };

function guessOverTls(socket: Socket): void {
  const secure = connectTls({ socket, rejectUnauthorized: false }, () => {
    counts.secured += 1;
    secure.write(impostor);
  });
  secure.on('error', () => undefined);
  secure.resume();
}

const BEGINNINGS: readonly { readonly port: number; readonly begin?: (socket: Socket) => void }[] = [
  { port },
  { port: tlsPort },
  { port, begin: (socket) => socket.write(impostor.subarray(0, 9)) },
  { port: tlsPort, begin: (socket) => socket.write(HELLO) },
  { port, begin: (socket) => socket.write(impostor) },
  { port: tlsPort, begin: guessOverTls },
];

function knock(number: number): void {
  const { port: door, begin } = BEGINNINGS[number % BEGINNINGS.length] as (typeof BEGINNINGS)[number];
  const socket = connect({ port: door, host: '127.0.0.1', localAddress: `127.0.1.${1 + (number % ADDRESSES)}` });
  socket.on('connect', () => {
    counts.opened += 1;
    begin?.(socket);
  });
  socket.on('error', () => {
    counts.failed += 1;
  });
  socket.on('close', () => {
    counts.closed += 1;
  });
  if (begin !== guessOverTls) socket.resume();
}

const began = performance.now();
let knocked = 0;
setInterval(() => {
  const due = ((performance.now() - began) / 1000) * rate;
  for (; knocked < due; knocked += 1) knock(knocked);
}, TICK_MS);
setInterval(() => process.stdout.write(`${JSON.stringify(counts)}\n`), 500);
