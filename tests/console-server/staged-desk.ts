import type { IntakeDesk } from '@clearbay/console-server/services.ts';
import type { BackupView, ConflictView, ImportView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import { IntakeRefused } from '@clearbay/contract/intake.ts';
import { DeviceProvisioning } from '@clearbay/pipeline/provision/device-provisioning.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import { AIR, NOW } from './staged-district.ts';

function conflict(id: number): ConflictView {
  const content = (pm25: number) => ({ values: { pm25 }, marks: {}, receivedAt: NOW, rev: 0 });
  const place = { station: AIR.id, device: 'd1', bay: null, at: NOW - 60_000 };
  return { id, ...place, offered: content(50), current: content(20) };
}

/** Real provisioning on the real state store; reviews, imports and backups that only remember what they were asked. */
export function stagedDesk(state: StateStore, clock: Clock): IntakeDesk & { readonly revoked: string[] } {
  const revoked: string[] = [];
  const backup: BackupView = {
    id: 'b1',
    state: 'running',
    startedAt: clock.now(),
    finishedAt: null,
    folder: '/data/backups/b1',
    files: [],
    error: null,
  };
  const imports = new Map<string, ImportView>();
  return {
    revoked,
    provisioning: new DeviceProvisioning({
      state,
      clock,
      hasStation: (id) => id === AIR.id,
      isConfigured: (device) => device === 'configured',
      hashSecret: (secret) => `hash of ${secret}`,
      refresh: async () => undefined,
      disconnect: (user) => revoked.push(user),
    }),
    condition: (device) => ({
      clock: device === 'd1' ? { state: 'off', offsetMs: 28_800_000, timeZoneHours: 8 } : null,
      refusals: [{ at: 1, reason: 'not-json', subject: AIR.id, excerpt: '{' }],
    }),
    unknown: () => [{ kind: 'air', station: 'nowhere', device: 'd1', firstAt: 1, lastAt: 2, count: 3 }],
    reviews: {
      async review(order) {
        if (order.reason === 'nothing there') throw new IntakeRefused('readings.none', 'no readings');
        const review = { ...order, at: clock.now() };
        const id = await state.reviews.add(review);
        await state.reviews.finish(id, 4);
        return { ...review, id, changed: 4 };
      },
    },
    conflicts: {
      async list({ station, before = 9, limit }) {
        if (station !== undefined && station !== AIR.id) return [];
        return [conflict(7), conflict(5)].filter(({ id }) => id < before).slice(0, limit);
      },
      async decide({ id }) {
        if (id !== 7) throw new IntakeRefused('conflict.unknown', `there is no open conflict ${id}`);
        return conflict(id);
      },
    },
    imports: {
      async accept({ order, person, body }) {
        let bytes = 0;
        for await (const chunk of body) bytes += (chunk as Buffer).length;
        const counts = { stored: 0, duplicate: 0, conflict: 0, replaced: 0, refused: 0 };
        const times = { createdAt: clock.now(), finishedAt: null, error: null };
        const job = {
          id: 'i1',
          state: 'waiting',
          person,
          order,
          bytes,
          doneBytes: 0,
          rows: 0,
          counts,
          faults: [],
          ...times,
        } as const;
        imports.set(job.id, job);
        return job;
      },
      async find(id) {
        const job = imports.get(id);
        if (job === undefined) throw new IntakeRefused('import.unknown', `there is no import ${id}`);
        return job;
      },
      list: async () => [...imports.values()],
    },
    backups: {
      begin: async () => backup,
      async find(id) {
        if (id !== backup.id) throw new IntakeRefused('backup.unknown', `there is no backup ${id}`);
        return backup;
      },
    },
  };
}
