import type { Assessment } from '../../assessment.ts';
import type { FloodStation } from '../../district.ts';
import type { Reading } from '../../reading.ts';
import type { LiveStation } from '../kind.ts';
import { assessGauge } from './assess.ts';
import type { FloodDetail } from './detail.ts';
import { GaugeWindow, gaugeReport, HELD_MS } from './gauge-window.ts';
import type { FloodStandards } from './standards.ts';

/** A gauge while its readings come in; holds the 26 h before its newest reading. */
export class LiveGauge implements LiveStation<FloodDetail> {
  readonly #station: FloodStation;
  readonly #standards: FloodStandards;
  readonly #window = new GaugeWindow();
  #current: Assessment<FloodDetail> | undefined;

  constructor(station: FloodStation, standards: FloodStandards) {
    this.#station = station;
    this.#standards = standards;
  }

  accept(reading: Reading): void {
    const report = gaugeReport(reading);
    if (report !== undefined && this.#window.insert(report)) this.#current = undefined;
  }

  /** The clock plays no part: windows end at the newest reading. Repeated calls without a new reading cost nothing. */
  assess(_now: number): Assessment<FloodDetail> {
    this.#current ??= assessGauge(this.#station, this.#window.reports(), this.#standards);
    return this.#current;
  }

  heldSince(now: number): number {
    return (this.#window.newest ?? now) - HELD_MS;
  }

  rebuild(readings: Iterable<Reading>): void {
    this.#window.clear();
    this.#current = undefined;
    for (const reading of readings) this.accept(reading);
  }
}
