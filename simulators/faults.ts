import { hashed } from './noise.ts';
import { packets, type WireReading } from './wire.ts';

/** What a device is about to send: readings, or bytes that are none any more. */
type Outgoing = readonly WireReading[] | { readonly raw: string };

/** A fault of a device or of its way to us. It gives what is sent in place of the message; nothing, once, twice or later. */
export type Fault = (message: Outgoing) => readonly Outgoing[];

function isReadings(message: Outgoing): message is readonly WireReading[] {
  return !('raw' in message);
}

/** One deterministic number in [0, 1) after another. */
function dice(seed: number): () => number {
  let index = 0;
  return () => {
    index += 1;
    return hashed(seed, 900, index);
  };
}

function onReadings(change: (reading: WireReading) => WireReading): Fault {
  return (message) => [isReadings(message) ? message.map(change) : message];
}

/** A value jumps by `by` (the metric's unit) for one message, with this chance. */
export function spike(metric: string, by: number, chance: number, seed: number): Fault {
  const next = dice(seed);
  return onReadings((reading) => {
    const value = reading.values[metric];
    if (value === undefined || next() >= chance) return reading;
    return { ...reading, values: { ...reading.values, [metric]: value + by } };
  });
}

/** A metric keeps the value it had at `from` until `to` (event time, epoch ms). */
export function stuck(metric: string, from: number, to: number): Fault {
  let held: number | undefined;
  return onReadings((reading) => {
    const value = reading.values[metric];
    if (value === undefined || reading.at < from || reading.at >= to) return reading;
    held ??= value;
    return { ...reading, values: { ...reading.values, [metric]: held } };
  });
}

/** Nothing is sent from `from` until `to` (event time, epoch ms). */
export function gap(from: number, to: number): Fault {
  return (message) => {
    if (!isReadings(message)) return [message];
    const left = message.filter((reading) => reading.at < from || reading.at >= to);
    return left.length === 0 ? [] : [left];
  };
}

/** The device's clock is off by this much, ms. */
export function clockSkew(byMs: number): Fault {
  return onReadings((reading) => ({ ...reading, at: reading.at + byMs }));
}

/** A message is sent twice, with this chance. */
export function duplicate(chance: number, seed: number): Fault {
  const next = dice(seed);
  return (message) => (next() < chance ? [message, message] : [message]);
}

/** A message is overtaken by the one after it, with this chance. */
export function reorder(chance: number, seed: number): Fault {
  const next = dice(seed);
  let held: Outgoing | undefined;
  return (message) => {
    if (held !== undefined) {
      const before = held;
      held = undefined;
      return [message, before];
    }
    if (next() >= chance) return [message];
    held = message;
    return [];
  };
}

/** A message arrives as something that is no JSON, with this chance. */
export function corrupt(chance: number, seed: number): Fault {
  const next = dice(seed);
  return (message) => {
    if (!isReadings(message) || next() >= chance) return [message];
    const text = packets(message).join('');
    return [{ raw: `${text.slice(0, Math.floor(text.length / 2))}\u0000` }];
  };
}

/** Payloads of the messages that come of one report under these faults, in the order in which they are sent. */
export function payloadsUnder(faults: readonly Fault[], readings: readonly WireReading[]): string[] {
  let messages: readonly Outgoing[] = [readings];
  for (const fault of faults) messages = messages.flatMap((message) => fault(message));
  return messages.flatMap((message) => (isReadings(message) ? packets(message) : [message.raw]));
}
