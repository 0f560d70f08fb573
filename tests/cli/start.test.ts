import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { startSystem } from '../harness/system.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function takenPort(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** Starts what cannot start; one sentence on standard error, exit code 1. */
async function failed(...args: string[]): Promise<string> {
  const ended = await clearbay(['start', '--json', '--no-simulators', ...args]);
  expect([ended.code, ended.stdout]).toEqual([1, '']);
  const lines = ended.stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('clearbay start says in a sentence', () => {
  test.each([
    ['HTTP', '--http-port', '--mqtt-port'],
    ['MQTT', '--mqtt-port', '--http-port'],
  ])('that its %s port is in use', async (name, taken, free) => {
    const { server, port } = await takenPort();
    try {
      const sentence = await failed(taken, String(port), free, '0', '--data', join(folder, `port-${name}`));
      expect(sentence).toBe(
        `${name} port ${port} on 127.0.0.1 is in use by another program. Choose another port, or end that program.`,
      );
    } finally {
      server.close();
    }
  });

  test('that a port is none', async () => {
    expect(await failed('--http-port', 'eighty')).toBe('--http-port eighty is not a port (0 to 65535).');
  });

  test('that its data folder is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await failed('--data', file)).toContain(`The data folder ${file} is a file where a folder is needed.`);
  });

  // Nobody may create folders below these; under /proc the attempt must also end.
  test.each(['/sys/clearbay', '/proc/clearbay/data'])('that its data folder %s cannot be written', async (root) => {
    expect(await failed('--data', root)).toMatch(new RegExp(`^The data folder ${root}`));
  });

  test('that its data folder is in use by a process that runs', { timeout: 60_000 }, async () => {
    const running = await startSystem({ args: ['--no-simulators', '--no-history'] });
    try {
      const sentence = await failed('--data', running.data, '--http-port', '0', '--mqtt-port', '0');
      expect(sentence).toBe(
        `The data folder ${running.data} is in use by process ${running.pid}. Stop it, or choose another folder with --data.`,
      );
    } finally {
      expect(await running.stop()).toBe(0);
    }
  });

  test('that its configuration has faults', async () => {
    const file = join(folder, 'broken.yaml');
    await writeFile(file, 'http: { port: -1 }\n');
    const ended = await clearbay(['start', '--config', file, '--data', join(folder, 'broken')]);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr).toMatch(
      /^The configuration has faults:\n {2}settings\.http\.port: .+\n {2}district: a district is required.*\n$/,
    );
    await expect(stat(join(folder, 'broken'))).rejects.toThrow('ENOENT');
  });
});
