const SLASH = 0x2f;
const PLUS = 0x2b;
const HASH = 0x23;

export type StringFault = 'bad-utf8' | 'bad-topic' | 'topic-too-deep';

/**
 * Well-formed UTF-8 without NUL, surrogates, control characters or U+FFFF (MQTT 3.1.1, 1.5.3 [MQTT-1.5.3-1], [MQTT-1.5.3-2]).
 * The control characters the standard only advises against are refused too: no topic or name of ours needs one.
 */
export function isCleanUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      if (lead < 0x20 || lead === 0x7f) return false;
      at += 1;
      continue;
    }
    const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > end) return false;
    let code = lead & (0xff >> (length + 1));
    for (let next = at + 1; next < at + length; next += 1) {
      const byte = bytes[next] as number;
      if ((byte & 0xc0) !== 0x80) return false;
      code = (code << 6) | (byte & 0x3f);
    }
    if (!isAllowedCode(code, length)) return false;
    at += length;
  }
  return true;
}

function isAllowedCode(code: number, length: number): boolean {
  if (length === 2) return code >= 0xa0;
  if (length === 3) return code >= 0x800 && !(code >= 0xd800 && code <= 0xdfff) && (code & 0xfffe) !== 0xfffe;
  return code >= 0x10000 && code <= 0x10ffff && (code & 0xfffe) !== 0xfffe;
}

/** Checks the topic name of a PUBLISH or a will in place; undefined where it is fine. */
export function topicFault(bytes: Uint8Array, start: number, end: number, maxLevels: number): StringFault | undefined {
  if (end === start) return 'bad-topic';
  let levels = 1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === SLASH) levels += 1;
    else if (byte === PLUS || byte === HASH) return 'bad-topic';
    else if (byte < 0x20 || byte > 0x7e)
      return isCleanUtf8(bytes, at, end) ? restFault(bytes, at, end, levels, maxLevels) : 'bad-utf8';
  }
  return levels > maxLevels ? 'topic-too-deep' : undefined;
}

function restFault(bytes: Uint8Array, start: number, end: number, before: number, maxLevels: number): StringFault | undefined {
  let levels = before;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === SLASH) levels += 1;
    else if (byte === PLUS || byte === HASH) return 'bad-topic';
  }
  return levels > maxLevels ? 'topic-too-deep' : undefined;
}

/** Checks a topic filter: + fills a level, # fills the last one (MQTT 3.1.1, 4.7.1). */
export function filterFault(bytes: Uint8Array, start: number, end: number, maxLevels: number): StringFault | undefined {
  if (end === start) return 'bad-topic';
  if (!isCleanUtf8(bytes, start, end)) return 'bad-utf8';
  let levels = 1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === SLASH) levels += 1;
    else if (byte === PLUS || byte === HASH) {
      const opens = at === start || bytes[at - 1] === SLASH;
      const closes = at === end - 1 || (byte === PLUS && bytes[at + 1] === SLASH);
      if (!opens || !closes) return 'bad-topic';
    }
  }
  return levels > maxLevels ? 'topic-too-deep' : undefined;
}
