const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const ZERO = 48;

/** Why a time could not be read, as codes below zero: no event time of ours lies before 1970. */
export const BAD_TIME = -1;
export const NO_ZONE = -2;

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function two(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/** Days from 1970-01-01 to a date of the Gregorian calendar; NaN for a date that is none. */
function daysOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1)) return Number.NaN;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (isLeap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (day > length) return Number.NaN;
  // March starts the year, so that the leap day is its last.
  const shifted = month <= 2 ? year - 1 : year;
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + inYear - 719_468;
}

/**
 * Epoch ms of `YYYY-MM-DDTHH:MM[:SS[.fff]]` with `Z` or an offset (ISO 8601, RFC 3339; a space may stand for the T).
 * NO_ZONE where the offset is missing: a bare local time is ambiguous. BAD_TIME for anything else.
 */
export function parseEventTime(text: string): number {
  if (text.length < 16 || text.length > 40) return BAD_TIME;
  if (text[4] !== '-' || text[7] !== '-' || (text[10] !== 'T' && text[10] !== ' ') || text[13] !== ':') return BAD_TIME;
  const days = daysOf(two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8));
  const hour = two(text, 11);
  const minute = two(text, 14);
  let seconds = 0;
  let at = 16;
  if (text[at] === ':') {
    seconds = two(text, 17);
    at = 19;
  }
  let fraction = 0;
  if (at === 19 && text[at] === '.') {
    let scale = 100;
    for (at += 1; at < text.length; at += 1) {
      const value = digit(text, at);
      if (Number.isNaN(value)) break;
      fraction += value * scale;
      scale /= 10;
    }
    if (at === 20) return BAD_TIME;
  }
  // 24:00 is the midnight that ends the day, as the air standards write it.
  const isTime = (hour < 24 || (hour === 24 && minute === 0 && seconds === 0)) && minute < 60 && seconds < 60;
  if (!isTime) return BAD_TIME;
  const offset = offsetMinutes(text, at);
  const local = days * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + seconds * 1000 + Math.floor(fraction);
  if (Number.isNaN(local)) return BAD_TIME;
  if (offset === NO_OFFSET) return NO_ZONE;
  return Number.isNaN(offset) ? BAD_TIME : local - offset * MINUTE_MS;
}

const NO_OFFSET = Number.POSITIVE_INFINITY;

/** Minutes east of UTC written at the end of the text; NaN where it is no offset. */
function offsetMinutes(text: string, at: number): number {
  if (at === text.length) return NO_OFFSET;
  const sign = text[at];
  if ((sign === 'Z' || sign === 'z') && at + 1 === text.length) return 0;
  if (sign !== '+' && sign !== '-') return Number.NaN;
  const colon = text[at + 3] === ':' ? 1 : 0;
  const length = text.length - at;
  if (length !== 5 + colon && !(length === 3 && colon === 0)) return Number.NaN;
  const hours = two(text, at + 1);
  const minutes = length === 3 ? 0 : two(text, at + 3 + colon);
  if (!(hours <= 14 && minutes < 60)) return Number.NaN;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}
