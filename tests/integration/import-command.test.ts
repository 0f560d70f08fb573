import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeriesView, StatusView } from '@clearbay/contract/api.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearbay, spawnClearbay } from '../harness/clearbay.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';
import { asRecorder, drained, measured, recordedSystem } from './recorded-district.ts';

const LAST_YEAR = '2025-06-01T';

let folder: string;
let system: RunningSystem;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-import-'));
  const gauge = (id: string, name: string) => ({
    ...measured(id, name, 3600),
    kind: 'flood',
    datum: { zh: '假定', en: 'assumed' },
    basin: { zh: '流域', en: 'basin' },
    lines: { warning: 3, guaranteed: 4 },
  });
  system = await recordedSystem([gauge('gauge-1', '甲'), gauge('gauge-2', '乙, 东=西'), gauge('gauge-3', '丙')]);
});
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

const imported = (path: string, ...more: string[]) => system.command(['import', 'flood', path, ...asRecorder(system), ...more]);

async function levels(station: string, date: string): Promise<number[]> {
  await drained(system);
  const from = Date.parse(`${date}T00:00:00+08:00`);
  const span = `from=${from}&to=${from + 24 * HOUR_MS}`;
  const { points } = await system.api<SeriesView>(`/stations/${station}/series?metric=level&resolution=raw&${span}`);
  return points.map(([, level]) => level);
}

describe('clearbay import', () => {
  test('sends what can be used and tells the rest by line and reason', async () => {
    const path = await file('mixed.csv', [
      'station,time,level',
      `甲,${LAST_YEAR}01:00,1.5`,
      `甲,${LAST_YEAR}25:00,1.6`,
      `甲,${LAST_YEAR}03:00,high`,
      `甲,${LAST_YEAR}04:00,--`,
      `gauge-2,${LAST_YEAR}01:00,2.5`,
      `"乙, 东=西",${LAST_YEAR}02:00,2.6`,
      `elsewhere,${LAST_YEAR}01:00,9`,
      `,${LAST_YEAR}01:00,9`,
    ]);
    const ended = await imported(path);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe(
      `${path}: 3 readings sent, 1 of 1 other station left out, 1 row without a value, 3 rows that could not be used.\n`,
    );
    expect(ended.stderr.trimEnd().split('\n')).toEqual([
      'line 3: the time cannot be read',
      'line 4: "high" in level is not a number',
      'line 9: the row names no station',
    ]);
    expect(await levels('gauge-1', '2025-06-01')).toEqual([1.5]);
    expect(await levels('gauge-2', '2025-06-01')).toEqual([2.5, 2.6]);
  });

  test('maps names that hold commas and equals signs, and takes JSON lines', async () => {
    const path = await file('mapped.jsonl', [
      '{"station":"上, 游=甲","time":"2025-06-02 01:00","level":1.1}',
      'not JSON',
      '{"station":"下游","time":"2025-06-02 01:00","level":2.1}',
    ]);
    const ended = await imported(path, '--map', '上, 游=甲=gauge-1, 下游=gauge-3');
    expect(ended).toMatchObject({ code: 0, stderr: 'line 2: not a JSON object\n' });
    expect(await levels('gauge-1', '2025-06-02')).toEqual([1.1]);
    expect(await levels('gauge-3', '2025-06-02')).toEqual([2.1]);
  });

  test('one station takes a file that names none', async () => {
    const path = await file('one.csv', ['time,level', '2025-06-03 01:00,1.2', '2025-06-03 02:00,1.3']);
    expect(await imported(path, '--station', 'gauge-3')).toMatchObject({ code: 0, stderr: '' });
    expect(await levels('gauge-3', '2025-06-03')).toEqual([1.2, 1.3]);
  });

  test('a thousand faults are told one by one, the rest as a number', async () => {
    const bad = Array.from({ length: 1500 }, () => '甲,never,1');
    const path = await file('bad.csv', ['station,time,level', '甲,2025-06-04 01:00,1', ...bad]);
    const { code, stderr } = await imported(path);
    const lines = stderr.trimEnd().split('\n');
    expect([code, lines.length, lines.at(-1)]).toEqual([0, 1001, '500 more faults of rows are not listed']);
  });

  test('many readings arrive, each once', async () => {
    const start = Date.parse('2024-01-01T00:00:00+08:00');
    const rows = Array.from({ length: 20_000 }, (_, index) => {
      const at = new Date(start + index * 60_000).toISOString();
      return `甲,${at},${(2 + Math.sin(index / 500)).toFixed(2)}`;
    });
    const before = await drained(system);
    const ended = await imported(await file('many.csv', ['station,at,level', ...rows]));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('20000 readings sent.');
    const after = await drained(system);
    expect(after.accepted - before.accepted).toBe(20_000);
  });

  describe('where nothing can be done it says why in a sentence and ends with 1', () => {
    const nothing = (sentence: RegExp) => ({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) });
    const oneLine = (text: string) => expect(text.trimEnd().split('\n')).toHaveLength(1);
    let path: string;
    beforeAll(async () => {
      path = await file('good.csv', ['station,time,level', '甲,2025-06-05 01:00,1']);
    });

    test.each([
      ['a wrong password', ['--device', 'recorder', '--password', 'wrong'], /refuses device recorder: its password is wrong/],
      ['an unknown device', ['--device', 'nobody', '--password', 'x'], /refuses device nobody/],
      ['no password', ['--device', 'recorder'], /There is no password for device recorder: give it with --password/],
      ['an unknown mapping', ['--columns', 'nope'], /There is no mapping "nope" for flood; there are: clearbay, yangtze, /],
      ['a foreign mapping', ['--columns', 'yangtze'], /none of the columns of mapping "yangtze" is there/],
      ['an unknown station', ['--station', 'gauge-9'], /The district has no station "gauge-9"\./],
      [
        'a device of another station',
        ['--station', 'gauge-1', '--device', 'gauge-2-a'],
        /^Device gauge-2-a reports for gauge-2, not for gauge-1\.$/m,
      ],
      ['a map that is none', ['--map', '甲:gauge-1'], /--map "甲:gauge-1" cannot be read/],
      ['a map and a station', ['--map', '甲=gauge-1', '--station', 'gauge-1'], /exclude each other/],
    ])('%s', async (_case, args, sentence) => {
      const ended = await system.command(['import', 'flood', path, ...args]);
      expect(ended).toEqual(nothing(sentence));
      oneLine(ended.stderr);
    });

    test('an unknown kind', async () => {
      const ended = await system.command(['import', 'noise', path]);
      expect(ended).toEqual(nothing(/There is no kind "noise"; there are: air, water, flood, parking\./));
    });

    test('a file that is not there', async () => {
      const ended = await imported(join(folder, 'absent.csv'));
      expect(ended).toEqual(nothing(/absent\.csv cannot be read: ENOENT/));
      oneLine(ended.stderr);
    });

    test('no broker', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      server.close();
      const ended = await clearbay([
        'import',
        'flood',
        path,
        '--station',
        'gauge-1',
        '--password',
        'x',
        '--mqtt',
        `mqtt://127.0.0.1:${port}`,
        '--device',
        'd',
        '--config',
        system.configFile,
      ]);
      expect(ended).toEqual(nothing(/No broker answers at mqtt:/));
      oneLine(ended.stderr);
    });

    test('a file whose stations nobody knows', async () => {
      const ended = await imported(await file('unknown.csv', ['station,time,level', '丁,2025-06-05 01:00,1']));
      expect(ended.code).toBe(1);
      expect(ended.stderr).toBe(
        'Nothing was sent: no station of the file is one of the district; name them with --map or --station. The file has: 丁.\n',
      );
    });
  });
});

describe('clearbay simulate --replay', () => {
  const rows = ['甲,2025-06-06 01:00,1.0', '甲,2025-06-06 02:00,1.1', '甲,2025-06-06 03:00,1.2'];

  test('keeps recorded times and the recorded pace times its speed', async () => {
    const path = await file('paced.csv', ['station,time,level', ...rows]);
    const begun = performance.now();
    const ended = await system.command([
      'simulate',
      '--replay',
      path,
      '--kind',
      'flood',
      '--speed',
      '7200',
      ...asRecorder(system),
    ]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - begun).toBeGreaterThan(1000);
    expect(await levels('gauge-1', '2025-06-06')).toEqual([1, 1.1, 1.2]);
  });

  test('with --now first the recording begins now, at its own pace, until Ctrl-C', async () => {
    const path = await file('live.csv', ['station,time,level', '丙,2025-06-06 01:00,1.7', '丙,2025-06-06 02:00,1.8']);
    const own = ['--data', system.data, '--mqtt', system.mqttUrl, '--config', system.configFile];
    const child = spawnClearbay([
      'simulate',
      '--replay',
      path,
      '--kind',
      'flood',
      '--now',
      'first',
      ...asRecorder(system),
      ...own,
    ]);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const begun = Date.now();
    let newest: number[] = [];
    while (newest.length === 0 && Date.now() - begun < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { points } = await system.api<SeriesView>('/stations/gauge-3/series?metric=level&resolution=raw');
      newest = points.map(([at]) => at);
    }
    expect(newest).toHaveLength(1);
    expect(Math.abs((newest[0] ?? 0) - begun)).toBeLessThan(10_000);
    const ended = once(child, 'close');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    expect(said).toContain('1 reading sent');
  });

  test.each([
    ['--now first at another speed', ['--now', 'first', '--speed', '60'], /--speed must be 1/],
    ['an unknown --now', ['--now', 'middle'], /--now "middle" is not known; there are: first, last\./],
    ['a speed that is none', ['--speed', 'fast'], /--speed fast is no factor/],
  ])('%s is refused', async (_case, args, sentence) => {
    const path = await file('refused.csv', ['station,time,level', ...rows]);
    const ended = await system.command(['simulate', '--replay', path, '--kind', 'flood', ...args, ...asRecorder(system)]);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) });
  });
});

describe('clearbay simulate', () => {
  test('runs the simulated devices of the district against the broker until Ctrl-C', { timeout: 60_000 }, async () => {
    const demonstration = await startSystem({ args: ['--no-simulators', '--no-history'] });
    try {
      const child = spawnClearbay(['simulate', '--data', demonstration.data, '--mqtt', demonstration.mqttUrl]);
      const first = once(child.stdout ?? child, 'data');
      const [said] = (await first) as [Buffer];
      expect(said.toString()).toMatch(/^\d+ simulated devices report to mqtt:.* Ctrl-C stops them\.\n$/);
      const begun = Date.now();
      let accepted = 0;
      while (accepted < 10 && Date.now() - begun < 10_000) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        ({ accepted } = await demonstration.api<StatusView>('/status'));
      }
      expect(accepted).toBeGreaterThanOrEqual(10);
      const ended = once(child, 'close');
      child.kill('SIGINT');
      expect((await ended)[0]).toBe(0);
    } finally {
      await demonstration.stop();
    }
  });
});
