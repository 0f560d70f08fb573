import { join } from 'node:path';
import { hashSecret } from '@clearbay/broker/access/password-hash.ts';
import type { IntakeDesk } from '@clearbay/console-server/services.ts';
import type { BulkIntake } from '@clearbay/contract/bulk.ts';
import { DeviceProvisioning } from '@clearbay/pipeline/provision/device-provisioning.ts';
import { BulkGateway } from '../ingest/gateways/http/bulk-gateway.ts';
import { ImportJobs } from '../ingest/gateways/imports/import-jobs.ts';
import { IMPORTS } from './backups/copy-installation.ts';
import { InstallationBackups } from './backups/installation-backups.ts';
import type { Core } from './core.ts';
import { deviceCondition } from './device-condition.ts';
import { importReader } from './import-reader.ts';
import type { Premises } from './premises.ts';
import type { Stores } from './stores.ts';

/** What operators do with intake, and the door for bulk readings. */
export interface Operations {
  readonly desk: IntakeDesk;
  readonly bulk: BulkIntake;
}

/** Opens them; an import or a review that the last process left half-done goes on. */
export async function openDesk(
  { district, data, clock, lifecycle }: Premises,
  { state, copies }: Stores,
  { receiver, credentials, intake, reviewing, progress }: Core,
): Promise<Operations> {
  const stations = new Set(district.stations.map((station) => station.id));
  const configured = new Set(district.devices.map((device) => device.id));
  const provisioning = new DeviceProvisioning({
    state,
    clock,
    hasStation: (id) => stations.has(id),
    isConfigured: (device) => configured.has(device),
    hashSecret,
    refresh: () => credentials.refresh(),
    disconnect: (user) => intake.disconnect(user),
  });
  const imports = new ImportJobs({
    store: state.imports,
    gate: receiver,
    reader: importReader(district),
    board: progress,
    folder: join(data.root, IMPORTS),
    clock,
    onRows: (rows, person) => {
      for (const { station, reading } of rows) {
        if (typeof reading.at === 'number') reviewing.expect(station, reading.at, { cause: 'import', person, reason: null });
      }
    },
  });
  await lifecycle.run(imports);
  const backups = new InstallationBackups(data, copies, clock);
  await lifecycle.run(backups);
  return {
    desk: {
      provisioning,
      condition: (device) => deviceCondition(receiver, device),
      unknown: () => receiver.refusals.pending(),
      reviews: reviewing.reviews,
      conflicts: reviewing.conflicts,
      imports,
      backups,
    },
    bulk: new BulkGateway(receiver, clock, state.answers),
  };
}
