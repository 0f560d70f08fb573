/**
 * The whole system as `clearbay start` runs it, on a district made for the bench, with devices in its state store. Prints where it can be
 * reached as JSON; on SIGTERM it ends with code 1 where a reading that was sent was refused. Arguments: number of further devices that
 * only connect; what Node is told besides (for a profile). `CLEARBAY_BENCH_SERIES`: settings of the series store, JSON.
 */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import type { StatusView } from '@clearbay/contract/api.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { saveDevice } from '../../../cli/device-credentials.ts';
import { ALERT_PROBES, benchDistrict, PROBE } from './bench-district.ts';
import { BENCH_DEVICES, BENCH_PASSWORD, benchDevices, idleDevice } from './fleet.ts';

const PROGRAM = fileURLToPath(new URL('../../../clearbay.ts', import.meta.url));

const [idle = '0', ...nodeOptions] = process.argv.slice(2);
const folder = mkdtempSync(join(process.env.CLEARBAY_BENCH_DATA ?? tmpdir(), 'clearbay-bench-'));
const data = join(folder, 'data');
mkdirSync(data);
const config = join(folder, 'clearbay.yaml');
const series: unknown = JSON.parse(process.env.CLEARBAY_BENCH_SERIES ?? '{}');
writeFileSync(config, JSON.stringify({ logLevel: 'warn', district: benchDistrict(), series }));

const state = new SqliteState(join(data, 'state.sqlite'));
await state.start();
// Stored as the product stores them: what a sign-in costs is under test.
const save = (device: string, station: string) => saveDevice(state.devices, device, [station], BENCH_PASSWORD);
const devices = benchDevices(BENCH_DEVICES);
for (const { user, station } of devices) await save(user, station);
for (const { device, station } of [PROBE, ...ALERT_PROBES]) await save(device, station);
for (let index = 0; index < Number(idle); index += 1) {
  await save(idleDevice(index), devices[index % devices.length]?.station ?? '');
}
const token = await createToken(state, 'operator');
await state.stop();

const args = ['start', '--json', '--no-simulators', '--http-port', '0', '--mqtt-port', '0', '--data', data, '--config', config];
const system = spawn(process.execPath, [...nodeOptions, PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
let url = '';
createInterface({ input: system.stdout }).once('line', (line) => {
  const hello = JSON.parse(line) as { readonly url: string; readonly mqttPort: number };
  url = hello.url;
  process.stdout.write(`${JSON.stringify({ ...hello, pid: system.pid, token, devices })}\n`);
});
let ending = false;
system.once('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(ending ? (code ?? 1) : 1);
});
process.on('SIGTERM', async () => {
  const response = await fetch(`${url}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } });
  const { refused, duplicates, conflicts } = (await response.json()) as StatusView;
  const wrong = Object.keys(refused).length > 0 || duplicates + conflicts > 0;
  // A rate of readings that were refused or doubled would be no rate.
  if (wrong) process.stderr.write(`refused ${JSON.stringify(refused)}, duplicates ${duplicates}, conflicts ${conflicts}\n`);
  ending = !wrong;
  system.kill('SIGINT');
});
