const SHARE = '$share/';

/** The filter behind `$share/<group>/`; the filter itself where it is not shared. */
export function unshared(filter: string): string {
  if (!filter.startsWith(SHARE)) return filter;
  const slash = filter.indexOf('/', SHARE.length);
  return slash < 0 ? '' : filter.slice(slash + 1);
}

/** Whether every topic that `filter` can match is matched by `grant` too (MQTT 3.1.1, 4.7; wildcards do not reach `$` topics). */
export function contains(grant: string, filter: string): boolean {
  const granted = grant.split('/');
  const asked = filter.split('/');
  if (asked[0]?.startsWith('$') && !granted[0]?.startsWith('$')) return false;
  for (let level = 0; ; level += 1) {
    const allow = granted[level];
    if (allow === '#') return true;
    const want = asked[level];
    if (allow === undefined || want === undefined) return allow === undefined && want === undefined;
    // `a/#` also matches `a`; a grant of `a/+` does not.
    if (want === '#') return false;
    if (allow === '+') continue;
    if (want === '+' || want !== allow) return want === allow;
  }
}

/** Whether some topic is matched by both filters. */
export function overlaps(one: string, other: string): boolean {
  const a = one.split('/');
  const b = other.split('/');
  for (let level = 0; ; level += 1) {
    const left = a[level];
    const right = b[level];
    if (left === '#' || right === '#') return true;
    if (left === undefined || right === undefined) return left === right;
    if (left !== '+' && right !== '+' && left !== right) return false;
  }
}
