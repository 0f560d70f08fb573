import { Worker } from 'node:worker_threads';
import type { ProgressBoard } from '@clearbay/pipeline/live/progress.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import type { SimulatorNews, SimulatorOrder } from './simulator-link.ts';

const HISTORY_KEY = 'simulators.history';
const STOP_WITHIN_MS = 2000;
/** The year's history makes much that lives shortly; without a limit the thread keeps 100 MB for it ever after. */
const YOUNG_MEGABYTES = 24;

export interface SimulatorsOptions {
  readonly order: Omit<SimulatorOrder, 'history'>;
  /** First moment of the year to fill, epoch ms; null leaves history out. */
  readonly historyFrom: number | null;
  readonly settings: StateStore['settings'];
  readonly progress: ProgressBoard;
  readonly onFilled: () => void;
  readonly onFailure: (what: string) => void;
}

/** The thread of simulated devices, as the system starts and stops it. */
export class Simulators {
  readonly #options: SimulatorsOptions;
  #worker: Worker | undefined;

  constructor(options: SimulatorsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { order, historyFrom, settings, progress, onFilled, onFailure } = this.#options;
    const saved = await settings.get(HISTORY_KEY);
    const filled = saved !== undefined && (JSON.parse(saved) as { done?: boolean }).done === true;
    const history = historyFrom === null || filled ? null : { from: historyFrom, saved };
    const filling =
      history === null
        ? undefined
        : progress.open('history', { zh: '模拟：回填本年数据', en: 'Simulated: filling the year so far' }, 1);
    const workerData: SimulatorOrder = { ...order, history };
    const worker = new Worker(new URL('./simulator-thread.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    worker.on('message', (news: SimulatorNews) => {
      if (news.type === 'progress') filling?.advance(news.done, news.total);
      else if (news.type === 'saved')
        void settings.set(HISTORY_KEY, news.state).catch((error: Error) => onFailure(error.message));
      else if (news.type === 'failed') onFailure(news.what);
      else if (news.type === 'filled') {
        filling?.finish();
        onFilled();
      }
    });
    worker.on('error', (error) => onFailure(error instanceof Error ? error.message : String(error)));
    this.#worker = worker;
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('stop');
    const late = setTimeout(() => void worker.terminate(), STOP_WITHIN_MS);
    await gone;
    clearTimeout(late);
  }
}
