import { contains, overlaps } from '@clearbay/broker/access/filter-containment.ts';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { account, OpenGate, type Stage, stage, until } from './stage.ts';

/** Whether a filter matches a topic, by MQTT 3.1.1, 4.7; the plain reading of the clause, to check the set operations against. */
function matches(filter: string, topic: string): boolean {
  const levels = filter.split('/');
  const names = topic.split('/');
  if (names[0]?.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false;
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true;
    if (names[index] === undefined || (level !== '+' && level !== names[index])) return false;
  }
  return levels.length === names.length;
}

const name = fc.constantFrom('a', 'b', '$SYS', '');
const topic = fc.array(name, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(name, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, open]) => (open ? [...levels, '#'] : levels).join('/'));

describe('filters as sets of topics', () => {
  test('what a contained filter matches, the grant matches', () => {
    fc.assert(
      fc.property(filter, filter, topic, (grant, asked, name) => {
        if (contains(grant, asked) && matches(asked, name)) expect(matches(grant, name)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  test('filters that both match a topic overlap', () => {
    fc.assert(
      fc.property(filter, filter, topic, (one, other, name) => {
        if (matches(one, name) && matches(other, name)) expect(overlaps(one, other)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ['clearbay/v1/#', 'clearbay/v1/alerts/+', true],
    ['clearbay/v1/#', '#', false],
    ['clearbay/v1/+/x', 'clearbay/v1/#', false],
    ['clearbay/v1/+', 'clearbay/v1/+', true],
    ['#', '$SYS/#', false],
  ])('%s contains %s: %s', (grant, asked, expected) => {
    expect(contains(grant, asked)).toBe(expected);
  });
});

describe('what a client may publish and watch', () => {
  let staged: Stage;
  afterEach(() => staged.stop());

  test.each([
    'clearbay/v1/readings/air/s1/d2',
    'clearbay/v1/readings/air/s1/d1/x',
    'clearbay/v1/readings/air/d1',
    'clearbay/v1/status/d2',
    'clearbay/v1/state/air/s1',
    'clearbay/v1/commands/d1',
    'elsewhere',
    '$SYS/broker/clients',
  ])('a device that publishes on %s is cut off', async (topic) => {
    const gate = new OpenGate();
    staged = await stage({ gate });
    const client = await staged.connect('d1');
    const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish(topic, '{}', { qos: 1 });
    await ended;
    expect(gate.payloads).toEqual([]);
    expect(staged.broker.stats().refused).toEqual({ 'publish-not-allowed': 1 });
  });

  test.each([
    '#',
    '+/#',
    '$SYS/#',
    'clearbay/v1/commands/#',
    'clearbay/v1/commands/+',
    'clearbay/v1/commands/d2',
    '$share/g/clearbay/v1/commands/d1',
  ])('a device is refused the filter %s', async (filter) => {
    staged = await stage();
    const client = await staged.connect('d1');
    const granted = await client
      .subscribeAsync(filter)
      .catch((error: { packet?: { granted: number[] } }) => error.packet?.granted);
    expect(granted).toEqual([128]);
    expect(staged.broker.stats().refused).toEqual({ 'subscribe-not-allowed': 1 });
  });

  test('a device watches its own commands and gets those alone', async () => {
    staged = await stage();
    const client = await staged.connect('d1');
    const got: string[] = [];
    client.on('message', (topic) => got.push(topic));
    await client.subscribeAsync('clearbay/v1/commands/d1', { qos: 1 });
    await staged.broker.publish('clearbay/v1/commands/d2', '{}', { retain: false, qos: 1 });
    await staged.broker.publish('clearbay/v1/commands/d1', '{}', { retain: false, qos: 1 });
    await until(() => got.length > 0);
    expect(got).toEqual(['clearbay/v1/commands/d1']);
  });

  test('an account watches what it was granted, readings too, and nothing of $SYS', async () => {
    staged = await stage({}, [account('officer', { subscribe: ['clearbay/v1/readings/#', 'clearbay/v1/state/#'] })]);
    const officer = await staged.connect('officer');
    const got: string[] = [];
    officer.on('message', (topic) => got.push(topic));
    await officer.subscribeAsync('clearbay/v1/readings/air/+/+', { qos: 1 });
    await expect(officer.subscribeAsync('clearbay/v1/#')).rejects.toThrow();
    await expect(officer.subscribeAsync('$SYS/#')).rejects.toThrow();
    const device = await staged.connect('d1');
    await device.publishAsync('clearbay/v1/readings/air/s1/d1', '{"values":{}}', { qos: 1 });
    await until(() => got.length > 0);
    expect(got).toEqual(['clearbay/v1/readings/air/s1/d1']);
  });

  test('an operator sees the figures of $SYS', async () => {
    staged = await stage({}, [account('operator', { system: true })]);
    const operator = await staged.connect('operator');
    const got: string[] = [];
    operator.on('message', (topic) => got.push(topic));
    await operator.subscribeAsync('$SYS/#');
    await staged.connect('d1');
    await until(() => got.some((topic) => topic.endsWith('/new/clients')));
  });

  test('a retained reading is not kept, and that is counted', async () => {
    staged = await stage({}, [account('officer', { subscribe: ['clearbay/v1/#'] })]);
    const device = await staged.connect('d1');
    await device.publishAsync('clearbay/v1/readings/air/s1/d1', '{"values":{}}', { qos: 1, retain: true });
    await device.publishAsync('clearbay/v1/status/d1', '{"online":true}', { qos: 1, retain: true });
    const officer = await staged.connect('officer');
    const got: string[] = [];
    officer.on('message', (topic) => got.push(topic));
    await officer.subscribeAsync('clearbay/v1/#');
    await until(() => got.length > 0);
    expect(got).toEqual(['clearbay/v1/status/d1']);
    expect(staged.broker.stats().refused).toEqual({ 'retain-removed': 1 });
  });
});
