import { Seeded } from '../../seeded.ts';
import { localDate, offsetAt } from '../../time.ts';

type LotUse = 'commuter' | 'park' | 'mixed';

/** Share of bays taken at the even hours 0, 2, ... 24, on working days and at weekends. */
const CURVES: Readonly<Record<LotUse, { readonly working: readonly number[]; readonly weekend: readonly number[] }>> = {
  commuter: {
    working: [0.06, 0.05, 0.05, 0.1, 0.62, 0.95, 0.82, 0.93, 0.9, 0.48, 0.2, 0.1, 0.06],
    weekend: [0.05, 0.04, 0.04, 0.06, 0.15, 0.25, 0.28, 0.28, 0.24, 0.16, 0.1, 0.07, 0.05],
  },
  park: {
    working: [0.04, 0.03, 0.05, 0.22, 0.28, 0.24, 0.22, 0.28, 0.38, 0.55, 0.42, 0.12, 0.04],
    weekend: [0.05, 0.03, 0.05, 0.28, 0.6, 0.85, 0.8, 0.97, 0.94, 0.72, 0.45, 0.15, 0.05],
  },
  mixed: {
    working: [0.3, 0.26, 0.26, 0.36, 0.62, 0.78, 0.82, 0.84, 0.86, 0.74, 0.56, 0.4, 0.3],
    weekend: [0.34, 0.3, 0.28, 0.34, 0.58, 0.8, 0.88, 0.93, 0.88, 0.76, 0.58, 0.44, 0.34],
  },
};

const USES: readonly LotUse[] = ['commuter', 'park', 'mixed'];

/** How full a simulated lot wants to be, and how lively it is; fixed by its seed. */
export class Demand {
  readonly use: LotUse;
  /** Share of the parked vehicles that change in an hour. */
  readonly churnPerHour: number;
  readonly #seed: number;
  readonly #station: string;
  #day: { readonly date: string; readonly weekend: boolean; readonly factor: number } | undefined;

  constructor(seed: number, station: string) {
    const random = new Seeded(seed, `${station} use`);
    this.use = USES[Math.floor(random.next() * USES.length)] as LotUse;
    this.churnPerHour = this.use === 'commuter' ? random.between(0.08, 0.15) : random.between(0.3, 0.6);
    this.#seed = seed;
    this.#station = station;
  }

  /** Share of bays wanted at a moment, 0 to somewhat above 1; rain keeps visitors of a park away. */
  share(at: number, rainRate: number): number {
    const day = this.#dayOf(at);
    const curve = CURVES[this.use][day.weekend ? 'weekend' : 'working'];
    const hour = (((at + offsetAt(at)) / 3_600_000) % 24) / 2;
    const cell = Math.floor(hour);
    const from = curve[cell] ?? 0;
    const to = curve[cell + 1] ?? from;
    const wet = this.use === 'park' ? Math.exp(-rainRate / 4) : 1;
    return (from + (to - from) * (hour - cell)) * day.factor * wet;
  }

  #dayOf(at: number): { readonly date: string; readonly weekend: boolean; readonly factor: number } {
    const date = localDate(at);
    if (this.#day?.date === date) return this.#day;
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    const factor = new Seeded(this.#seed, `${this.#station} ${date}`).between(0.88, 1.1);
    this.#day = { date, weekend: weekday === 0 || weekday === 6, factor };
    return this.#day;
  }
}
