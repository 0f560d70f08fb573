import { type DayEvent, type DayLife, newDay, nextDay } from '@clearbay/domain/kinds/air/day-life.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const through = (...events: DayEvent[]): DayLife =>
  events.reduce((life, event) => nextDay(life, event).life, newDay('h0', 'gb3095-2026-transition'));
const CLOSED: DayEvent = { type: 'closed' };
const PUBLISHED: DayEvent = { type: 'published' };
const REVIEWED: DayEvent = { type: 'reviewed', person: 'lin' };
const LOCKED: DayEvent = { type: 'locked' };
const restated = (inputHash: string, rest: { person?: string } = {}): DayEvent => ({
  type: 'restated',
  inputHash,
  edition: 'gb3095-2026-transition',
  ...rest,
});

describe('life of a day', () => {
  test('runs, closes, is published, reviewed and locked', () => {
    expect(through(CLOSED, PUBLISHED, REVIEWED, LOCKED)).toMatchObject({ state: 'final', revision: 0 });
  });

  test('late data move a published day with a new revision and leave a restatement', () => {
    const step = nextDay(through(CLOSED, PUBLISHED), restated('h1'));
    expect(step).toMatchObject({
      ok: true,
      changed: true,
      restatement: true,
      life: { state: 'published', revision: 1, inputHash: 'h1' },
    });
  });

  test('the same inputs again change nothing', () => {
    expect(nextDay(through(CLOSED), restated('h0'))).toMatchObject({ ok: true, changed: false, life: { revision: 0 } });
  });

  test('another edition is a restatement even of the same inputs', () => {
    expect(nextDay(through(CLOSED), { type: 'restated', inputHash: 'h0', edition: 'gb3095-2012' })).toMatchObject({
      changed: true,
      life: { revision: 1 },
    });
  });

  test('a reviewed day moves only by a person, a final one only after it is unlocked with a reason', () => {
    const reviewed = through(CLOSED, PUBLISHED, REVIEWED);
    expect(nextDay(reviewed, restated('h1'))).toMatchObject({ ok: false, refusal: 'needs-person' });
    expect(nextDay(reviewed, restated('h1', { person: 'lin' }))).toMatchObject({ ok: true, life: { revision: 1 } });
    const final = nextDay(reviewed, LOCKED).life;
    expect(nextDay(final, restated('h1', { person: 'lin' }))).toMatchObject({ ok: false, refusal: 'needs-unlock' });
    expect(nextDay(final, { type: 'unlocked', person: 'lin', reason: '' })).toMatchObject({ ok: false, refusal: 'needs-reason' });
    expect(nextDay(final, { type: 'unlocked', person: 'lin', reason: 'lab result' })).toMatchObject({
      ok: true,
      restatement: true,
      life: { state: 'reviewed' },
    });
  });

  test('steps are not skipped, and a step taken twice is harmless', () => {
    expect(nextDay(through(CLOSED), REVIEWED)).toMatchObject({ ok: false, refusal: 'wrong-state' });
    expect(nextDay(through(CLOSED, PUBLISHED), CLOSED)).toMatchObject({ ok: true, changed: false });
    expect(nextDay(through(CLOSED, PUBLISHED), { type: 'reviewed', person: '' })).toMatchObject({
      ok: false,
      refusal: 'needs-person',
    });
    expect(nextDay(through(CLOSED), { type: 'unlocked', person: 'lin', reason: 'x' })).toMatchObject({
      ok: false,
      refusal: 'wrong-state',
    });
  });

  test('the revision never falls, and a refusal leaves the day as it was', () => {
    const event = fc.oneof(
      fc.constantFrom(CLOSED, PUBLISHED, REVIEWED, LOCKED),
      fc.integer({ min: 0, max: 3 }).map((n) => restated(`h${n}`)),
      fc.constant<DayEvent>({ type: 'unlocked', person: 'lin', reason: 'lab result' }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let life = newDay('h0', 'gb3095-2026-transition');
        for (const each of events) {
          const step = nextDay(life, each);
          if (!step.ok) expect(step.life).toBe(life);
          expect(step.life.revision).toBeGreaterThanOrEqual(life.revision);
          life = step.life;
        }
      }),
    );
  });
});
