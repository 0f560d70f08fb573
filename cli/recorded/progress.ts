import cliProgress from 'cli-progress';

/** How far a recording is; on a terminal as a bar that other lines do not tear. */
export interface PlayProgress {
  read(bytes: number): void;
  /** A line for the person, above the bar. */
  tell(text: string): void;
  stop(): void;
}

export function playProgress(label: string, totalBytes: number): PlayProgress {
  if (!process.stderr.isTTY) return { read: () => undefined, tell: (text) => process.stderr.write(text), stop: () => undefined };
  const bars = new cliProgress.MultiBar({ format: `${label} {bar} {percentage} % · {eta_formatted} left`, hideCursor: true });
  const bar = bars.create(totalBytes, 0);
  return {
    read: (bytes) => bar.update(bytes),
    tell: (text) => bars.log(text),
    stop: () => bars.stop(),
  };
}
