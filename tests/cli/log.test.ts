import { describe, expect, test } from 'vitest';
import { openLogger } from '../../cli/log.ts';
import { risesOf } from '../../cli/refusal-log.ts';

function stageLog() {
  const lines: Record<string, unknown>[] = [];
  const clock = { at: Date.UTC(2026, 10, 23, 6), now: () => clock.at };
  const log = openLogger('info', { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) }, clock);
  const told = () => lines.map(({ msg, error, station, suppressed }) => ({ msg, error, station, suppressed }));
  return { log, clock, told };
}

describe('the log', () => {
  test('one line of an error in ten seconds, with the count of those between', () => {
    const { log, clock, told } = stageLog();
    for (let index = 0; index < 100; index += 1)
      log.error({ station: 'a1', at: index, error: `reading ${index} cannot be judged` }, 'left out of live judging');
    clock.at += 9_999;
    log.error({ station: 'a2', error: 'reading 7 cannot be judged' }, 'left out of live judging');
    clock.at += 1;
    log.error({ station: 'a3', error: 'reading 8 cannot be judged' }, 'left out of live judging');
    expect(told()).toEqual([
      { msg: 'left out of live judging', error: 'reading 0 cannot be judged', station: 'a1', suppressed: undefined },
      { msg: 'left out of live judging', error: 'reading 8 cannot be judged', station: 'a3', suppressed: 100 },
    ]);
  });

  test('other errors, other messages and lines without an error pass', () => {
    const { log, told } = stageLog();
    log.error({ error: 'ECONNRESET' }, 'mqtt broker');
    log.error({ error: 'disk is full' }, 'mqtt broker');
    log.error({ error: 'disk is full' }, 'mqtt housekeeping');
    log.warn({ state: 'down' }, 'health');
    log.warn({ state: 'degraded' }, 'health');
    log.info({ error: 'none' }, 'started');
    log.info({ error: 'none' }, 'started');
    expect(told().map(({ msg, error }) => `${msg} ${error}`)).toEqual([
      'mqtt broker ECONNRESET',
      'mqtt broker disk is full',
      'mqtt housekeeping disk is full',
      'health undefined',
      'health undefined',
      'started none',
      'started none',
    ]);
  });

  test('a clock that is set back holds no line up', () => {
    const { log, clock, told } = stageLog();
    log.error({ error: 'away' }, 'targets');
    clock.at -= 3_600_000;
    log.error({ error: 'away' }, 'targets');
    expect(told()).toHaveLength(2);
  });
});

test('what the broker turned away is told by what came up since the last look', () => {
  expect(risesOf({ malformed: 3, 'bad-password': 2 }, { malformed: 3, 'bad-password': 9, qos: 1 })).toEqual({
    'bad-password': 7,
    qos: 1,
  });
});
