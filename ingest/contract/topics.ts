const ROOT = 'clearbay/v1';

/** The topics of contract version 1; every publisher and subscriber builds them here. */
export const topics = {
  readings: (kind: string, station: string, device: string) => `${ROOT}/readings/${kind}/${station}/${device}`,
  status: (device: string) => `${ROOT}/status/${device}`,
  commands: (device: string) => `${ROOT}/commands/${device}`,
  replies: (device: string) => `${ROOT}/replies/${device}`,
  state: (kind: string, station: string) => `${ROOT}/state/${kind}/${station}`,
  alert: (alertId: string) => `${ROOT}/alerts/${alertId}`,
  guidance: (lot: string) => `${ROOT}/guidance/${lot}`,
} as const;

export const READINGS_PREFIX = `${ROOT}/readings/`;
export const STATUS_PREFIX = `${ROOT}/status/`;
export const TOPIC_ROOT = ROOT;

export interface ReadingTopic {
  readonly kind: string;
  readonly station: string;
  readonly device: string;
}

/** Parts of a readings topic; undefined where it is none. */
export function parseReadingTopic(topic: string): ReadingTopic | undefined {
  if (!topic.startsWith(READINGS_PREFIX)) return undefined;
  const [kind, station, device, ...rest] = topic.slice(READINGS_PREFIX.length).split('/');
  if (!kind || !station || !device || rest.length > 0) return undefined;
  return { kind, station, device };
}
