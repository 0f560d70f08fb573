import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import { riseRates, robustSlope, timeToLine } from '@clearbay/domain/kinds/flood/rise.ts';
import { assessFloodRow } from '@clearbay/domain/kinds/flood/rows.ts';
import { knownLine, linesDisordered, type Stage, stageOf } from '@clearbay/domain/kinds/flood/stages.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { describeWithRealData } from '../../harness/real-data.ts';
import { GAUGE, gaugeReading, STANDARDS } from './gauge.ts';

function rows(folder: string, file: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, file)), { columns: true, bom: true, relax_column_count: true });
}

interface River {
  readonly name: string;
  /** Ascending, one level a time. */
  readonly samples: readonly { readonly at: number; readonly level: number }[];
}

function rivers(folder: string): River[] {
  const byName = new Map<string, Map<number, number>>();
  for (const row of rows(folder, 'river_yangtze_hourly_202006.csv')) {
    const [, day, month, year, time] = /^(\d\d)-(\d\d)-(\d{4}) (\d\d:\d\d:\d\d)$/.exec(row.日期时间 ?? '') ?? [];
    const level = Number(row.水位);
    if (year === undefined || row.水位 === '' || !Number.isFinite(level)) continue;
    const name = row.站点 ?? '';
    const samples = byName.get(name) ?? new Map<number, number>();
    byName.set(name, samples.set(Date.parse(`${year}-${month}-${day}T${time}+08:00`), level));
  }
  return [...byName].map(([name, samples]) => ({
    name,
    samples: [...samples].sort(([a], [b]) => a - b).map(([at, level]) => ({ at, level })),
  }));
}

describeWithRealData('recorded levels of the Yangtze, June 2020', (folder) => {
  test('rise rates of 1, 3, 6 and 24 h equal a plain search, at every hour of every station', () => {
    let rates = 0;
    let none = 0;
    for (const { samples } of rivers(folder)) {
      samples.forEach((sample, index) => {
        for (const { minutes, mPerHour } of riseRates(samples.slice(0, index + 1), [60, 180, 360, 1440], 0.1)) {
          const due = sample.at - minutes * 60_000;
          const before = samples.slice(0, index).filter(({ at }) => Math.abs(at - due) <= minutes * 6000);
          const from = before.reduce<(typeof before)[0] | undefined>(
            (best, each) => (best === undefined || Math.abs(each.at - due) < Math.abs(best.at - due) ? each : best),
            undefined,
          );
          if (from === undefined) {
            expect(mPerHour).toBeNull();
            none += 1;
          } else {
            expect(mPerHour).toBeCloseTo((sample.level - from.level) / ((sample.at - from.at) / HOUR_MS), 6);
            rates += 1;
          }
        }
      });
    }
    console.log(`Yangtze: ${rates} rise rates equal a plain search, ${none} windows without a beginning`);
    expect(rates).toBeGreaterThan(2000);
  });

  /** Median of all pairwise slopes of the last six reports' time, m/h, written down plainly. */
  function plainSlope(samples: River['samples']): number | undefined {
    const last = samples.at(-1);
    if (last === undefined) return undefined;
    const gaps = samples.flatMap(({ at }, index) => at - (samples[index - 1]?.at ?? Number.NaN)).slice(1);
    const middle = gaps.slice(-6).sort((a, b) => a - b);
    const period = middle[Math.ceil(middle.length / 2) - 1] ?? 0;
    const reach = Math.max(HOUR_MS / 2, Math.min(12 * HOUR_MS, 6 * period));
    const window = samples.filter(({ at }) => at >= last.at - reach);
    if (window.length < 4) return undefined;
    const slopes = window
      .flatMap((a, index) => window.slice(index + 1).map((b) => ((b.level - a.level) * HOUR_MS) / (b.at - a.at)))
      .sort((a, b) => a - b);
    const half = slopes.length / 2;
    return ((slopes[Math.ceil(half) - 1] ?? 0) + (slopes[Math.floor(half)] ?? 0)) / 2;
  }

  test('time to a line 0.1 m above equals a plain calculation at every hour, and what came true is printed', () => {
    const measuring = { ...STANDARDS.measuring, horizonHours: 6 };
    const score = { equal: 0, told: 0, cameTrue: 0, errorHours: 0, withinInterval: 0 };
    for (const { samples } of rivers(folder)) {
      samples.forEach(({ at, level }, index) => {
        const past = samples.slice(0, index + 1);
        const slope = robustSlope(past, measuring);
        const plain = plainSlope(past);
        expect(slope === undefined).toBe(plain === undefined);
        if (slope === undefined || plain === undefined) return;
        expect(slope.mPerHour).toBeCloseTo(plain, 9);
        const time = timeToLine(0.1, slope, measuring.horizonHours);
        const expected = plain > 0 && 0.1 / plain <= 6 ? 0.1 / plain : null;
        if (expected === null) expect(time.hours).toBeNull();
        else expect(time.hours).toBeCloseTo(expected, 6);
        score.equal += 1;
        if (time.hours === null) return;
        score.told += 1;
        const reached = samples.find((later) => later.at > at && later.at <= at + 12 * HOUR_MS && later.level >= level + 0.1);
        if (reached === undefined) return;
        const actual = (reached.at - at) / HOUR_MS;
        score.cameTrue += 1;
        score.errorHours += Math.abs(actual - time.hours);
        // Hourly reports: the crossing lies up to an hour before the report that shows it.
        if (actual >= (time.earliest ?? 0) && actual - 1 <= (time.latest ?? Number.POSITIVE_INFINITY)) score.withinInterval += 1;
      });
    }
    console.log(
      `Yangtze: ${score.equal} slopes equal a plain calculation; a rise of 0.1 m within 6 h was told ${score.told} times, came true within 12 h ` +
        `${score.cameTrue} times, mean error ${(score.errorHours / score.cameTrue).toFixed(2)} h, ${score.withinInterval} inside the interval`,
    );
    expect(score.equal).toBeGreaterThan(500);
  });

  test('live judgement hour by hour equals the judgement of the whole record', () => {
    let judged = 0;
    let timed = 0;
    for (const { samples } of rivers(folder)) {
      const sorted = samples.map(({ level }) => level).sort((a, b) => a - b);
      const warning = sorted[Math.floor(sorted.length / 2)] ?? 0;
      const station = { ...GAUGE, lines: { warning, guaranteed: warning + 1 } };
      const live = floodKind.live(station, STANDARDS);
      samples.forEach(({ at, level }, index) => {
        live.accept(gaugeReading(at, { level }));
        const batch = floodKind.live(station, STANDARDS);
        batch.rebuild(
          samples
            .slice(Math.max(0, index - 40), index + 1)
            .reverse()
            .map((each) => gaugeReading(each.at, { level: each.level })),
        );
        const now = live.assess(at);
        expect(now).toEqual(batch.assess(at));
        if (!now.detail.level?.suspect) expect((now.rating.rank ?? 0) >= 2).toBe(level >= warning);
        judged += 1;
        if (now.detail.lines.some(({ time }) => time !== null)) timed += 1;
      });
    }
    console.log(`Yangtze: ${judged} live judgements equal the batch, ${timed} with a time to a line`);
    expect(timed).toBeGreaterThan(judged / 2);
    expect(judged).toBeGreaterThan(500);
  });
});

describeWithRealData('recorded levels of the Yangtze that come late or wrong', (folder) => {
  test('live judgement at every hour equals that of what was known by then', () => {
    const random = new Seeded(20_200_601);
    let judged = 0;
    let corrected = 0;
    for (const { samples } of rivers(folder)) {
      const arriving = samples
        .flatMap(({ at, level }) => {
          const draw = random.next();
          const later = at + Math.ceil(random.next() * 8) * HOUR_MS;
          if (draw < 0.15) return [{ arrival: later, reading: gaugeReading(at, { level }) }];
          if (draw > 0.3) return [{ arrival: at, reading: gaugeReading(at, { level }) }];
          return [
            { arrival: at, reading: gaugeReading(at, { level: level + 4 }) },
            { arrival: later, reading: gaugeReading(at, { level }, { correction: true, rev: 1 }) },
          ];
        })
        .sort((a, b) => a.arrival - b.arrival);
      const live = floodKind.live(GAUGE, STANDARDS);
      const known = new Map<number, Reading>();
      arriving.forEach(({ arrival, reading }, index) => {
        live.accept(reading);
        known.set(reading.at, reading);
        corrected += reading.correction ? 1 : 0;
        if (arriving[index + 1]?.arrival === arrival) return;
        const batch = floodKind.live(GAUGE, STANDARDS);
        for (const each of [...known.values()].sort((a, b) => a.at - b.at)) batch.accept(each);
        expect(live.assess(arrival)).toEqual(batch.assess(arrival));
        judged += 1;
      });
    }
    console.log(`Yangtze: ${judged} live judgements with late data and ${corrected} corrections equal the batch`);
    expect(judged).toBeGreaterThan(500);
    expect(corrected).toBeGreaterThan(50);
  });
});

describeWithRealData('lines of the gauges of the United States', (folder) => {
  const edition = STANDARDS.stages[0];
  if (edition === undefined) throw new Error('no edition');

  test('every set of lines, complete or not, gives a stage that can be defended', () => {
    const counts = { gauges: 0, complete: 0, partial: 0, none: 0, disordered: 0, probes: 0 };
    for (const row of rows(folder, 'river_us_thresholds_nwps.csv')) {
      counts.gauges += 1;
      const lines = {
        warning: knownLine(row['flood stage']),
        guaranteed: knownLine(row['moderate flood stage']),
        highestOnRecord: knownLine(row['major flood stage']),
      };
      const known = Object.values(lines).filter((line) => line !== undefined);
      expect(known).not.toContain(-9999);
      if (known.length === 0) counts.none += 1;
      else if (linesDisordered(lines)) counts.disordered += 1;
      else if (known.length === 3) counts.complete += 1;
      else counts.partial += 1;
      let last = Number.NEGATIVE_INFINITY;
      for (const probe of [...known, ...known.map((line) => line - 0.001), ...known.map((line) => line + 0.001)].sort(
        (a, b) => a - b,
      )) {
        counts.probes += 1;
        const stage = stageOf(probe, lines, edition);
        checkStage(stage, probe, lines);
        if (stage.rating.rank >= 0) {
          expect(stage.rating.rank).toBeGreaterThanOrEqual(last);
          last = stage.rating.rank;
        }
        expect(assessFloodRow({ level: probe, lines }, STANDARDS).stage).toBe(stage.code);
      }
      expect(stageOf(10, lines, edition).code === 'none').toBe(known.length === 0 || linesDisordered(lines));
    }
    console.log(`NWPS: ${JSON.stringify(counts)}`);
    expect(counts.gauges).toBeGreaterThan(1000);
  });

  function checkStage(
    stage: Stage,
    level: number,
    lines: { warning?: number; guaranteed?: number; highestOnRecord?: number },
  ): void {
    if (stage.code === 'none') {
      expect(linesDisordered(lines)).toBe(true);
      return;
    }
    if (lines.highestOnRecord !== undefined) expect(stage.level === 1).toBe(level >= lines.highestOnRecord);
    if (stage.level === 2) expect(level).toBeGreaterThanOrEqual(lines.guaranteed ?? Number.NaN);
    if (stage.level === 3) expect(level).toBeGreaterThanOrEqual(lines.warning ?? Number.NaN);
    if (stage.rating.meets === true) expect(level).toBeLessThan(lines.warning ?? Number.NaN);
  }
});
