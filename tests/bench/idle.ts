import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pause } from '../console-server/live-page.ts';
import { type Figure, figure } from './figure.ts';
import type { IdleFigures, IdlePlan } from './load/idle-clients.ts';
import { ServedProcess } from './load/served.ts';
import { WHOLE_SYSTEM } from './system.ts';

const IDLE = 10_000;
const PER_SECOND = 1000;
/** What runs beside the newcomers: a fleet of fast devices. */
const LOAD = { publishers: 100, inflight: 20, mode: 'single', rate: 10_000, warmUpMs: 2000 } as const;
const CLIENTS = fileURLToPath(new URL('./load/idle-clients.ts', import.meta.url));

/** Memory of 10,000 connected devices (wanted: under 1 GiB), and whether 1,000 newcomers a second harm those who publish. */
export async function idle(): Promise<Figure[]> {
  const server = await ServedProcess.start([...WHOLE_SYSTEM, String(IDLE)]);
  try {
    const before = server.rssMiB;
    const quiet = await server.measure({ ...LOAD, measureMs: 5000 });
    const storm = server.measure({ ...LOAD, measureMs: (IDLE / PER_SECOND) * 1000 });
    await pause(LOAD.warmUpMs);
    const crowd = await connectAll({ port: server.port, count: IDLE, perSecond: PER_SECOND });
    const during = await storm;
    await pause(3000);
    const after = server.rssMiB;
    await crowd.leave();
    const { connected, refused, seconds } = crowd.figures;
    return [
      figure('idle: devices connected', connected, 'devices', IDLE),
      figure('idle: devices refused', refused, 'devices', 1),
      figure('idle: connections accepted', connected / seconds, '1/s', PER_SECOND),
      figure('idle: memory with all of them', after, 'MiB', 1024),
      figure('idle: memory a device', ((after - before) * 1024) / IDLE, 'KiB', 100),
      figure('idle: messages of others meanwhile', during.messagesPerSecond, 'msg/s', quiet.messagesPerSecond),
      figure('idle: PUBACK p99 of others meanwhile', during.p99Ms, 'ms', quiet.p99Ms),
    ];
  } finally {
    await server.stop();
  }
}

async function connectAll(plan: IdlePlan): Promise<{ readonly figures: IdleFigures; leave(): Promise<unknown> }> {
  const child = spawn(process.execPath, [CLIENTS, JSON.stringify(plan)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    figures: JSON.parse(line) as IdleFigures,
    leave: () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      return ended;
    },
  };
}
