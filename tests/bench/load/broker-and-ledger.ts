/** The way of a reading up to its PUBACK, with nothing behind it: broker, receiver, ledger on disk. Prints its port as JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSecret } from '@clearbay/broker/access/password-hash.ts';
import { Broker } from '@clearbay/broker/broker.ts';
import type { MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import type { RegisteredDevice, RegisteredStation } from '@clearbay/pipeline/receive/registry.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { BENCH_DEVICES, BENCH_PASSWORD, benchDevices } from './fleet.ts';

const folder = mkdtempSync(join(process.env.CLEARBAY_BENCH_DATA ?? tmpdir(), 'clearbay-bench-'));
const metrics = new Map(
  ['pm25', 'pm10', 'so2', 'no2', 'co', 'o3'].map((id): [string, MetricDescriptor] => [
    id,
    {
      id,
      label: { zh: id, en: id },
      unit: 'µg/m³',
      decimals: 0,
      range: [0, 1000],
      maxRatePerHour: 400,
      resolution: 0.01,
      stuckAfterMs: 6 * 3_600_000,
      rollup: 'mean',
    },
  ]),
);
const stations = new Map<string, RegisteredStation>();
const devices = new Map<string, RegisteredDevice>();
const passwordHash = hashSecret(BENCH_PASSWORD);
for (const { user, station } of benchDevices(BENCH_DEVICES)) {
  stations.set(station, { id: station, kind: 'air', metrics, bayMetrics: new Set(), bays: 0 });
  devices.set(user, { id: user, stations: new Set([station]), origin: 'measured', periodMs: 60_000 });
}
const ledger = new SqliteLedger({ file: join(folder, 'ledger.sqlite'), retentionMs: 86_400_000, maxBytes: 8e9 });
await ledger.start();
const receiver = new Receiver({
  ledger,
  registry: { station: (id) => stations.get(id), device: (id) => devices.get(id), onlyDevice: () => undefined },
  onCommitted: () => {},
});
const broker = new Broker({
  listen: { tcp: { host: '127.0.0.1', port: 0 } },
  gate: receiver,
  credentials: {
    find: (device) =>
      devices.has(device) ? { device, passwordHash, stations: [...(devices.get(device)?.stations ?? [])] } : undefined,
  },
});
const { tcp } = await broker.start();
process.stdout.write(`${JSON.stringify({ mqttPort: tcp?.port, devices: benchDevices(BENCH_DEVICES) })}\n`);
process.on('SIGTERM', async () => {
  await broker.stop();
  await ledger.stop();
  rmSync(folder, { recursive: true, force: true });
  // A rate of readings that were refused or doubled would be no rate.
  const { messages, stored } = receiver.counters;
  if (messages !== stored) process.stderr.write(`${messages} messages, ${stored} stored\n`);
  process.exit(messages === stored ? 0 : 1);
});
