import { crc32 } from 'node:zlib';
import type { District } from '@clearbay/domain/district.ts';

/** One of several ingest processes that divide the stations of a district among them. */
export interface Worker {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/**
 * The worker that a station belongs to, from 1 to `count`: the CRC-32 of its id modulo `count`. It depends on nothing else, so
 * that every process, and the same process after a restart, comes to the same answer.
 */
export function workerOf(station: string, count: number): number {
  return (crc32(station) % count) + 1;
}

/** The district as one worker sees it: its own stations and their devices; a station has exactly one worker. */
export function shareOf(district: District, { index, count }: Worker): District {
  const isOwn = (station: string) => workerOf(station, count) === index;
  return {
    ...district,
    stations: district.stations.filter((station) => isOwn(station.id)),
    devices: district.devices.filter((device) => isOwn(device.station)),
  };
}
