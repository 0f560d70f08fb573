import type { DeviceView } from '@clearbay/contract/api.ts';
import { timeZoneHours } from '@clearbay/domain/alerts/device-clock.ts';
import type { WatchedClock } from '@clearbay/pipeline/alerts/clock-watch.ts';
import type { LiveDistrict } from '@clearbay/pipeline/live/live-district.ts';
import type { Receiver } from '@clearbay/pipeline/receive/receiver.ts';

/** What whoever can mend a device must know of it. */
export function deviceCondition(
  receiver: Pick<Receiver, 'clockOf' | 'refusals'>,
  device: string,
): Pick<DeviceView, 'clock' | 'refusals'> {
  const known = receiver.clockOf(device);
  const refusals = receiver.refusals.of(device);
  if (known === undefined) return { clock: null, refusals };
  const { isOff, isAhead, offsetMs } = known;
  const state = isAhead ? 'ahead' : isOff ? 'off' : 'right';
  return { clock: { state, offsetMs, timeZoneHours: isOff && offsetMs !== null ? timeZoneHours(offsetMs) : null }, refusals };
}

/** The clocks of the devices that were heard, each at a station of the district. */
export function* watchedClocks(receiver: Pick<Receiver, 'heard'>, live: Pick<LiveDistrict, 'stations'>): Generator<WatchedClock> {
  const stations = new Map([...live.stations()].map((one) => [one.station.id, one]));
  for (const heard of receiver.heard()) {
    const at = stations.get(heard.station);
    if (at === undefined) continue;
    const { station, simulated } = at;
    yield { ...heard, kind: station.kind, name: station.name, simulated };
  }
}
