import { gzipSync } from 'node:zlib';
import type {
  AuditPageView,
  BackupView,
  ConflictPageView,
  ImportView,
  Problem,
  RestatementPageView,
  ReviewPageView,
} from '@clearbay/contract/api.ts';
import { startOfDate } from '@clearbay/domain/time.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';
import { AIR, NOW } from './staged-district.ts';

describe('what operators and officers do with intake', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    // Made now, so that making them is not the newest row of the audit.
    for (const role of ['admin', 'officer', 'operator', 'viewer'] as const) await stage.token(role);
  });
  afterAll(() => stage.stop());

  const post = (path: string, body: unknown) =>
    stage.as('officer', `/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const view = async <View>(response: Promise<Response>) => (await (await response).json()) as View;
  const review = (over: object = {}) => ({
    metric: 'pm25',
    from: '2026-11-23T09:00:00+08:00',
    to: NOW - 1000,
    action: 'exclude',
    reason: 'calibration with test gas',
    ...over,
  });
  const lastAudit = async () => (await view<AuditPageView>(stage.as('admin', '/api/v1/audit?limit=1'))).entries[0];

  test('a review needs a metric, a span that is over, and a reason', async () => {
    const path = `/stations/${AIR.id}/reviews`;
    for (const [over, code] of [
      [{ reason: '  ' }, 'input.invalid'],
      [{ reason: undefined }, 'input.invalid'],
      [{ to: '2026-11-22T09:00:00+08:00' }, 'input.invalid'],
      [{ to: NOW + 1000 }, 'input.invalid'],
      [{ from: 'yesterday' }, 'input.invalid'],
      [{ metric: 'noise' }, 'metric.unknown'],
      [{ reason: 'nothing there' }, 'readings.none'],
    ] as const) {
      expect((await view<Problem>(post(path, review(over)))).code, JSON.stringify(over)).toBe(code);
    }
    expect((await view<Problem>(post('/stations/nowhere/reviews', review()))).code).toBe('station.unknown');
    expect((await view<ReviewPageView>(stage.as('viewer', `/api/v1${path}`))).reviews).toEqual([]);
  });

  test('reviews are listed page by page with person and reason, and audited', async () => {
    const path = `/stations/${AIR.id}/reviews`;
    expect((await post(path, review())).status).toBe(200);
    expect(await lastAudit()).toMatchObject({ action: 'reading.excluded', subject: `${AIR.id} pm25` });
    await post(path, review({ action: 'restore', reason: 'it was the other station' }));
    const first = await view<ReviewPageView>(stage.as('viewer', `/api/v1${path}?limit=1`));
    expect(first.reviews).toMatchObject([{ action: 'restore', person: expect.stringMatching(/^token:/), changed: 4 }]);
    const second = await view<ReviewPageView>(stage.as('viewer', `/api/v1${path}?limit=1&before=${first.next}`));
    expect(second.reviews).toMatchObject([{ action: 'exclude', reason: 'calibration with test gas' }]);
    expect((await view<ReviewPageView>(stage.as('viewer', `/api/v1${path}?before=${second.next}`))).next).toBeNull();
  });

  test('conflicts of readings are listed page by page and decided by an officer with a reason', async () => {
    const path = '/readings/conflicts';
    const list = (query: string) => view<ConflictPageView>(stage.as('viewer', `/api/v1${path}${query}`));
    const content = (pm25: number) => ({ values: { pm25 }, marks: {}, receivedAt: NOW, rev: 0 });
    const first = await list(`?station=${AIR.id}&limit=1`);
    expect(first.conflicts).toEqual([
      { id: 7, station: AIR.id, device: 'd1', bay: null, at: NOW - 60_000, offered: content(50), current: content(20) },
    ]);
    expect((await list(`?limit=1&before=${first.next}`)).conflicts.map(({ id }) => id)).toEqual([5]);
    expect(await list('?station=elsewhere')).toEqual({ conflicts: [], next: null });
    for (const [id, body, code] of [
      [7, { decision: 'accept' }, 'input.invalid'],
      [7, { decision: 'accept', reason: ' ' }, 'input.invalid'],
      [7, { decision: 'forget', reason: 'sent twice' }, 'input.invalid'],
      ['x', { decision: 'accept', reason: 'sent twice' }, 'input.invalid'],
      [6, { decision: 'accept', reason: 'sent twice' }, 'conflict.unknown'],
    ] as const) {
      expect((await view<Problem>(post(`${path}/${id}`, body))).code, JSON.stringify(body)).toBe(code);
    }
    expect((await post(`${path}/7`, { decision: 'accept', reason: 'the logger was right' })).status).toBe(200);
    expect(await lastAudit()).toMatchObject({
      action: 'conflict.accepted',
      subject: `${AIR.id} d1`,
      detail: `${NOW - 60_000}: the logger was right`,
    });
    await post(`${path}/7`, { decision: 'dismiss', reason: 'the logger was wrong' });
    expect(await lastAudit()).toMatchObject({ action: 'conflict.dismissed' });
  });

  test('restated days are listed by date with old and new figure', async () => {
    const figure = (value: number | null) => ({
      metric: 'aqi',
      value,
      unit: '',
      rating: value === null ? 'none' : 'good',
      text: { zh: '良', en: 'good' },
      edition: 'HJ 633-2026',
    });
    const change = {
      station: AIR.id,
      at: NOW,
      cause: 'review',
      person: 'lin',
      reason: 'spike',
      old: figure(80),
      new: figure(60),
    } as const;
    const days = ['2026-11-20', '2026-11-21'].map((date) => ({ ...change, day: startOfDate(date) }));
    await stage.state.days.restate(days);
    const listed = async (query: string) =>
      (await view<RestatementPageView>(stage.as('viewer', `/api/v1/restatements${query}`))).restatements;
    expect(await listed('')).toMatchObject([
      { date: '2026-11-21', cause: 'review', person: 'lin', old: { value: 80 }, new: { value: 60 } },
      { date: '2026-11-20' },
    ]);
    expect(await listed('?from=2026-11-21')).toHaveLength(1);
    expect(await listed('?to=2026-11-21')).toHaveLength(1);
    expect(await listed('?station=gauge-1')).toEqual([]);
  });

  test('an import is accepted with its address, and audited with what was asked', async () => {
    const response = await stage.as('operator', '/api/v1/imports?kind=air&columns=cnemc&station=air-1&historical=false', {
      method: 'POST',
      headers: { 'content-type': 'text/csv; charset=utf-8', 'content-encoding': 'gzip' },
      body: new Uint8Array(gzipSync('station,at,pm25\n')),
    });
    expect([response.status, response.headers.get('location')]).toEqual([202, '/api/v1/imports/i1']);
    const job = (await response.json()) as ImportView;
    expect(job.order).toEqual({ kind: 'air', columns: 'cnemc', station: 'air-1', historical: false });
    expect(await lastAudit()).toMatchObject({ action: 'import.file', subject: 'i1', detail: expect.stringContaining('cnemc') });
    expect(await view<ImportView>(stage.as('operator', '/api/v1/imports/i1'))).toEqual(job);
    expect((await stage.as('operator', '/api/v1/imports/i2')).status).toBe(404);
    expect((await stage.as('operator', '/api/v1/imports', { method: 'POST', body: 'x' })).status).toBe(400);
  });

  test('a backup is begun and asked after by its id', async () => {
    const response = await stage.as('admin', '/api/v1/backups', { method: 'POST' });
    expect([response.status, response.headers.get('location')]).toEqual([202, '/api/v1/backups/b1']);
    expect((await response.json()) as BackupView).toMatchObject({ id: 'b1', state: 'running' });
    expect(await lastAudit()).toMatchObject({ action: 'backup.begun', subject: 'b1' });
    expect((await view<BackupView>(stage.as('admin', '/api/v1/backups/b1'))).folder).toBe('/data/backups/b1');
    expect((await stage.as('admin', '/api/v1/backups/b2')).status).toBe(404);
  });
});
