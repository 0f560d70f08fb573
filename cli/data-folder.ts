import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asUserFailure } from './failure.ts';

/** Files of one installation. */
export interface DataFolder {
  readonly root: string;
  readonly ledger: string;
  readonly series: string;
  /** What the drain into InfluxDB remembers. */
  readonly influxDrain: string;
  readonly state: string;
  readonly sessions: string;
  /** Credentials of the demonstration's devices, readable by the owner only. */
  readonly demoDevices: string;
}

/** Where the files of a data folder are, whether it exists or not. */
export function dataFiles(root: string): DataFolder {
  return {
    root,
    ledger: join(root, 'ledger.sqlite'),
    series: join(root, 'series.duckdb'),
    influxDrain: join(root, 'influx-drain.sqlite'),
    state: join(root, 'state.sqlite'),
    sessions: join(root, 'mqtt-sessions.sqlite'),
    demoDevices: join(root, 'demo-devices.json'),
  };
}

/** Creates the folder where missing and says in a sentence why it cannot be written. */
export function openDataFolder(root: string): DataFolder {
  try {
    createFolder(root);
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw asUserFailure(error, `The data folder ${root}`);
  }
  return dataFiles(root);
}

/** Node's own recursive form never returns where a file system has no such folder and will not make it, as under /proc. */
function createFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) createFolder(dirname(path));
  mkdirSync(path, { mode: 0o750 });
}
