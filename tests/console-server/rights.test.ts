import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import type { Role } from '@clearbay/contract/api.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, ROLES, type Stage } from './stage.ts';
import { AIR, alertOf } from './staged-district.ts';

const everyone = ROLES;

/** Who may do what, written down a second time on purpose. `open` needs no sign-in. */
const RIGHTS: Readonly<Record<string, readonly Role[] | 'open'>> = {
  'get /api/v1/health': 'open',
  'get /api/v1/openapi.json': 'open',
  'post /api/v1/session': 'open',
  'get /api/v1/session': everyone,
  'delete /api/v1/session': everyone,
  'get /api/v1/overview': everyone,
  'get /api/v1/stations': everyone,
  'get /api/v1/stations/{id}': everyone,
  'get /api/v1/stations/{id}/series': everyone,
  'get /api/v1/stations/{id}/days': everyone,
  'get /api/v1/stations/{id}/explanation': everyone,
  'get /api/v1/district/explanation': everyone,
  'get /api/v1/targets/{id}/explanation': everyone,
  'get /api/v1/assessments': everyone,
  'get /api/v1/targets': everyone,
  'get /api/v1/alerts': everyone,
  'get /api/v1/alerts/{id}': everyone,
  'get /api/v1/exports/series.csv': everyone,
  'post /api/v1/readings': ['operator', 'tester', 'admin'],
  'get /api/v1/status': ['operator', 'tester', 'admin'],
  'get /api/v1/devices': ['operator', 'admin'],
  'delete /api/v1/devices/{id}': ['operator', 'admin'],
  'post /api/v1/devices/{id}/approve': ['operator', 'admin'],
  'post /api/v1/devices/{id}/reject': ['operator', 'admin'],
  'post /api/v1/devices/{id}/rotate': ['operator', 'admin'],
  'post /api/v1/devices/claims': ['operator', 'admin'],
  'get /api/v1/devices/claims': ['operator', 'admin'],
  'post /api/v1/devices/claim': 'open',
  'post /api/v1/devices/claim/credentials': 'open',
  'get /api/v1/pending': ['operator', 'admin'],
  'post /api/v1/stations/{id}/reviews': ['officer', 'admin'],
  'get /api/v1/stations/{id}/reviews': everyone,
  'get /api/v1/restatements': everyone,
  'get /api/v1/readings/conflicts': everyone,
  'post /api/v1/readings/conflicts/{id}': ['officer', 'admin'],
  'post /api/v1/imports': ['operator', 'admin'],
  'get /api/v1/imports': ['operator', 'admin'],
  'get /api/v1/imports/{id}': ['operator', 'admin'],
  'post /api/v1/backups': ['admin'],
  'get /api/v1/backups/{id}': ['admin'],
  'get /api/v1/audit': ['admin'],
};

const BODIES: Readonly<Record<string, { readonly body: string; readonly type?: string }>> = {
  '/api/v1/readings': { body: '[]' },
  '/api/v1/imports': { body: 'station,at,pm25\n', type: 'text/csv' },
  '/api/v1/devices/claims': { body: JSON.stringify({ stations: [AIR.id] }) },
  '/api/v1/readings/conflicts/{id}': { body: JSON.stringify({ decision: 'dismiss', reason: 'sent twice by the logger' }) },
  '/api/v1/stations/{id}/reviews': {
    body: JSON.stringify({ metric: 'pm25', from: 1, to: 2, action: 'exclude', reason: 'calibration of the day' }),
  },
};
/** Nobody of this name is there: whoever may ask is told so. */
const ABSENT = /\/devices\/\{id\}/;

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('rights, route by route', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await stage.state.alerts.apply([
      { key: { rule: 'flood.line', station: 'gauge-1', metric: 'level' }, condition: null, alert: alertOf('a1'), notify: false },
    ]);
  });
  afterAll(() => stage.stop());

  const address = (path: string) =>
    path
      .replace('/alerts/{id}', '/alerts/a1')
      .replace('/devices/{id}', '/devices/nobody')
      .replace('/imports/{id}', '/imports/i1')
      .replace('/targets/{id}', '/targets/good-air-days')
      .replace('/conflicts/{id}', '/conflicts/7')
      .replace('/backups/{id}', '/backups/b1')
      .replace('{id}', AIR.id)
      .replace('/series.csv', `/series.csv?station=${AIR.id}`)
      .replace(/\/series$/, '/series?metric=pm25');

  test('the table names every route there is', async () => {
    const document = (await (await stage.get('/api/v1/openapi.json')).json()) as Described;
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual(Object.keys(RIGHTS).sort());
  });

  const call = (name: string, headers: Record<string, string> = {}) => {
    const [method = '', path = ''] = name.split(' ');
    const sent = method === 'post' ? (BODIES[path] ?? { body: '{}' }) : undefined;
    const type = sent?.type ?? 'application/json';
    const query = name === 'post /api/v1/imports' ? '?kind=air' : '';
    return fetch(`${stage.url}${address(path)}${query}`, {
      method: method.toUpperCase(),
      ...(sent === undefined ? { headers } : { body: sent.body, headers: { ...headers, 'content-type': type } }),
    });
  };
  const names = Object.keys(RIGHTS);

  test.each(names.filter((name) => RIGHTS[name] === 'open'))('%s answers strangers', async (name) => {
    expect([401, 403]).not.toContain((await call(name)).status);
  });

  test.each(names.filter((name) => RIGHTS[name] !== 'open'))('%s asks strangers to sign in', async (name) => {
    const response = await call(name);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  const cases = names.flatMap((name) => {
    const allowed = RIGHTS[name];
    return allowed === 'open' ? [] : ROLES.map((role) => [name, role, allowed?.includes(role) ? 'may' : 'may not'] as const);
  });

  test.each(cases)('%s: %s %s', async (name, role, verdict) => {
    const response = await call(name, {
      authorization: `Bearer ${await createToken(stage.state, role, undefined, stage.clock)}`,
    });
    if (verdict === 'may') expect(ABSENT.test(name) ? [404] : [200, 201, 202, 204]).toContain(response.status);
    else expect(response.status).toBe(403);
    await response.arrayBuffer();
  });

  test('a refusal is written to the audit trail', async () => {
    await stage.as('viewer', '/api/v1/audit');
    const rows = await stage.state.audit.list({ limit: 500 });
    expect(rows).toContainEqual(expect.objectContaining({ action: 'access.denied', subject: 'GET /audit' }));
  });
});
