import type { SourceName } from './body.ts';

/** Short numbers for the strings that every reading repeats. Numbers are given in order and never change. */
export class NameTable {
  readonly sources: SourceName[] = [];
  readonly metrics: string[] = [];
  readonly #stations = new Map<string, Map<string, Map<string, number>>>();
  readonly #metricIds = new Map<string, number>();

  /** Takes over what the ledger file already knows. */
  load(sources: readonly SourceName[], metrics: readonly string[]): void {
    for (const source of sources) this.source(source.station, source.device, source.bay);
    for (const metric of metrics) this.metric(metric);
  }

  source(station: string, device: string, bay: string): number {
    let devices = this.#stations.get(station);
    if (devices === undefined) {
      devices = new Map();
      this.#stations.set(station, devices);
    }
    let bays = devices.get(device);
    if (bays === undefined) {
      bays = new Map();
      devices.set(device, bays);
    }
    const known = bays.get(bay);
    if (known !== undefined) return known;
    const id = this.sources.push({ station, device, bay }) - 1;
    bays.set(bay, id);
    return id;
  }

  metric(name: string): number {
    const known = this.#metricIds.get(name);
    if (known !== undefined) return known;
    if (this.metrics.length > 0xffff) throw new RangeError('more than 65,536 metrics');
    const id = this.metrics.push(name) - 1;
    this.#metricIds.set(name, id);
    return id;
  }
}
