import { Histogram } from 'prom-client';

/** The steps on the way of a reading whose time is measured. */
export type Stage = 'decode' | 'quality' | 'commit' | 'assess' | 'publish';

/** Hears how long a step took, ms. */
export type StageListener = (stage: Stage, ms: number) => void;

const SECONDS = [0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Where the time goes. Told by the batch, or for one message in many: a histogram costs more than decoding a reading. */
export class StageTimes {
  readonly stages = new Histogram({
    name: 'clearbay_stage_seconds',
    help: 'Time of one step: decode and quality of a sampled message, commit of a group, assess of a station, publish of a batch',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers: [],
  });
  readonly commitLatency = new Histogram({
    name: 'clearbay_commit_latency_seconds',
    help: 'From the first message of a group until its acknowledgements leave',
    buckets: SECONDS,
    registers: [],
  });

  readonly onStage: StageListener = (stage, ms) => this.stages.observe({ stage }, ms / 1000);

  readonly onCommitLatency = (ms: number): void => this.commitLatency.observe(ms / 1000);
}
