import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BackupView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import { type Backups, IntakeRefused } from '@clearbay/contract/intake.ts';
import type { DataFolder } from '../data-folder.ts';
import { type Copies, copyInstallation } from './copy-installation.ts';

const REMEMBERED = 20;

/** Backups that the running system makes of itself, one at a time, below its data folder. */
export class InstallationBackups implements Backups {
  readonly #data: DataFolder;
  readonly #copies: Copies;
  readonly #clock: Clock;
  readonly #known = new Map<string, BackupView>();
  #running: Promise<void> | undefined;

  constructor(data: DataFolder, copies: Copies, clock: Clock) {
    this.#data = data;
    this.#copies = copies;
    this.#clock = clock;
  }

  start(): void {}

  async stop(): Promise<void> {
    await this.#running;
  }

  begin(): Promise<BackupView> {
    if (this.#running !== undefined) return Promise.reject(new IntakeRefused('request.conflict', 'a backup is being made'));
    const startedAt = this.#clock.now();
    const id = `${new Date(startedAt).toISOString().slice(0, 19).replaceAll(':', '-')}-${randomBytes(3).toString('hex')}`;
    const folder = join(this.#data.root, 'backups', id);
    const begun: BackupView = { id, state: 'running', startedAt, finishedAt: null, folder, files: [], error: null };
    this.#remember(begun);
    this.#running = this.#make(begun).finally(() => {
      this.#running = undefined;
    });
    return Promise.resolve(begun);
  }

  find(id: string): Promise<BackupView> {
    const known = this.#known.get(id);
    return known === undefined
      ? Promise.reject(new IntakeRefused('backup.unknown', `there is no backup ${id}`))
      : Promise.resolve(known);
  }

  async #make(begun: BackupView): Promise<void> {
    try {
      const { files, finishedAt } = await copyInstallation(this.#data, this.#copies, begun.folder, this.#clock);
      this.#remember({ ...begun, state: 'done', files, finishedAt });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#remember({ ...begun, state: 'failed', error: reason, finishedAt: this.#clock.now() });
    }
  }

  #remember(backup: BackupView): void {
    this.#known.set(backup.id, backup);
    for (const id of this.#known.keys()) {
      if (this.#known.size <= REMEMBERED) return;
      this.#known.delete(id);
    }
  }
}
