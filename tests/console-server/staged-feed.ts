import type { AlertView, DayView, OverviewView, StationDetailView } from '@clearbay/contract/api.ts';
import type { LiveEvent, LiveFeed } from '@clearbay/contract/live.ts';
import { AIR, assessmentOf, detailOf, GAUGE, overviewOf } from './staged-district.ts';

/** The pipeline's side of the push, played by the test: it says what happened, and what holds. */
export class StagedFeed implements LiveFeed {
  alerts: readonly AlertView[] = [];
  overviews = 0;
  readonly watched: string[] = [];
  private readonly listeners = new Set<(event: LiveEvent) => void>();

  overview(): OverviewView {
    this.overviews += 1;
    return overviewOf(this.alerts);
  }

  station(id: string): StationDetailView | undefined {
    const station = [AIR, GAUGE].find((known) => known.id === id);
    return station && detailOf(station);
  }

  days(station: string, year: number, edition?: string): Promise<readonly DayView[]> {
    if (edition === 'no-such') return Promise.reject(new RangeError('no edition is called no-such'));
    const assessment = station === AIR.id ? assessmentOf(AIR, 50) : null;
    return Promise.resolve([{ date: `${year}-01-01`, assessment }]);
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watch(station: string): () => void {
    this.watched.push(station);
    return () => this.watched.splice(this.watched.indexOf(station), 1);
  }

  emit(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  /** A value of the air station; told only while somebody looks. */
  value(value: number, at = value): void {
    if (!this.watched.includes(AIR.id)) return;
    this.emit({ type: 'values', station: AIR.id, values: [['pm25', at, value, 0]] });
  }

  get listening(): number {
    return this.listeners.size;
  }
}
