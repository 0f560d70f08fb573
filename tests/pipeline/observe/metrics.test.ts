import type { StatusView } from '@clearbay/contract/api.ts';
import { SystemMetrics } from '@clearbay/pipeline/observe/metrics.ts';
import { StageTimes } from '@clearbay/pipeline/observe/stage-times.ts';
import { describe, expect, test } from 'vitest';
import { NOW, stageReceiver } from '../receive/stage.ts';

const STATUS: StatusView = {
  health: { live: true, ready: true, state: 'ok', reasons: [], version: '0', startedAt: NOW },
  accepted: 10,
  refused: { 'not-json': 2, malformed: 3 },
  duplicates: 1,
  conflicts: 0,
  openConflicts: 0,
  unkeptConflicts: 0,
  late: 4,
  ledger: { lastSeq: 10, pending: 7, bytes: 4096, writable: true },
  series: { state: 'up', lag: 5, setAside: 0, cursor: 10 },
  eventLoopDelayP99Ms: 2,
  clients: { mqtt: 3, console: 1 },
};

function stageMetrics(times = new StageTimes()) {
  const stage = { status: STATUS, sessions: 12, bytes: 1000 };
  const metrics = new SystemMetrics({
    status: () => stage.status,
    figures: [
      { name: 'mqtt_sessions', help: 'sessions', type: 'gauge', read: () => stage.sessions },
      { name: 'mqtt_received_bytes_total', help: 'bytes', type: 'counter', read: () => stage.bytes },
    ],
    times,
  });
  const lines = async () => (await metrics.text()).split('\n').filter((line) => line.includes('clearbay_'));
  return { stage, times, lines };
}

describe('the metrics', () => {
  test('what only rises is a counter, what stands at a moment a gauge', async () => {
    const lines = await stageMetrics().lines();
    const typeOf = (name: string) =>
      lines
        .find((line) => line.startsWith(`# TYPE clearbay_${name} `))
        ?.split(' ')
        .at(-1);
    const totals = lines.filter((line) => line.startsWith('# TYPE') && line.includes('_total '));
    expect(totals).toHaveLength(7);
    expect(totals.every((line) => line.endsWith(' counter'))).toBe(true);
    expect(typeOf('ledger_pending')).toBe('gauge');
    expect(typeOf('mqtt_sessions')).toBe('gauge');
    expect(lines).toEqual(
      expect.arrayContaining([
        'clearbay_accepted_total 10',
        'clearbay_refused_total{reason="not-json"} 2',
        'clearbay_refused_total{reason="malformed"} 3',
        'clearbay_ledger_pending 7',
        'clearbay_mqtt_sessions 12',
        'clearbay_mqtt_received_bytes_total 1000',
      ]),
    );
  });

  test('scraping twice counts nothing twice', async () => {
    const { stage, lines } = stageMetrics();
    await lines();
    stage.status = { ...STATUS, accepted: 15, refused: { 'not-json': 4 } };
    stage.sessions = 2;
    stage.bytes = 1500;
    const again = await lines();
    expect(again).toEqual(
      expect.arrayContaining([
        'clearbay_accepted_total 15',
        'clearbay_refused_total{reason="not-json"} 4',
        'clearbay_mqtt_sessions 2',
        'clearbay_mqtt_received_bytes_total 1500',
      ]),
    );
  });

  test('commits are timed by the group, decoding and quality for one message in 64', async () => {
    const times = new StageTimes();
    const { lines } = stageMetrics(times);
    const staged = stageReceiver({ times });
    await Promise.all(Array.from({ length: 128 }, (_, index) => staged.send({ at: NOW + index, values: { pm25: index } })));
    await staged.send({ at: NOW + 1000, values: { pm25: 1 } });
    const text = await lines();
    expect(text).toEqual(
      expect.arrayContaining([
        'clearbay_stage_seconds_count{stage="decode"} 2',
        'clearbay_stage_seconds_count{stage="quality"} 2',
        'clearbay_stage_seconds_count{stage="commit"} 2',
        'clearbay_commit_latency_seconds_count 2',
      ]),
    );
  });

  test('the latency of a commit is the wait of the first message of its group', async () => {
    const times = new StageTimes();
    const { lines } = stageMetrics(times);
    const staged = stageReceiver({ times });
    staged.ledger.hold = new Promise((resolve) => setTimeout(resolve, 60));
    await staged.send({ values: { pm25: 1 } });
    const text = await lines();
    expect(text).toContain('clearbay_commit_latency_seconds_bucket{le="0.05"} 0');
    expect(text).toContain('clearbay_commit_latency_seconds_bucket{le="2.5"} 1');
  });
});
