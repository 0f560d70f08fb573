import { DeviceRoll } from '@clearbay/pipeline/external/device-roll.ts';
import { expect, test } from 'vitest';

const says = (roll: DeviceRoll, device: string, status: unknown) => roll.hear(device, Buffer.from(JSON.stringify(status)));

test('devices are counted by what they say of themselves', () => {
  const roll = new DeviceRoll(() => true);
  says(roll, 'a', { online: true, boot: '1' });
  says(roll, 'b', { online: true });
  says(roll, 'b', { online: true });
  expect(roll.online).toBe(2);
  says(roll, 'b', { online: false });
  says(roll, 'b', { online: false });
  expect(roll.online).toBe(1);
});

test('a will of an older boot does not end a newer session', () => {
  const roll = new DeviceRoll(() => true);
  says(roll, 'a', { online: true, boot: 'new' });
  says(roll, 'a', { online: false, boot: 'old' });
  expect(roll.online).toBe(1);
  says(roll, 'a', { online: false, boot: 'new' });
  expect(roll.online).toBe(0);
});

test('devices of other workers are not kept, and what is no status is said to be none', () => {
  const roll = new DeviceRoll((device) => device === 'mine');
  expect(says(roll, 'foreign', { online: true })).toBe(true);
  expect(roll.online).toBe(0);
  expect(roll.hear('mine', Buffer.from('online'))).toBe(false);
  expect(roll.hear('mine', Buffer.from('[]'))).toBe(true);
  expect(roll.hear('mine', Buffer.from('null'))).toBe(false);
});
