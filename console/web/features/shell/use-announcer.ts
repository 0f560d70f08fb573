import { onBeforeUnmount, shallowRef } from 'vue';

/** A screen reader is told at most one thing in this time, ms (WCAG 4.1.3 without flooding). */
const QUIET_MS = 10_000;

/** One polite live region: what comes within the quiet time is said together afterwards. */
export function useAnnouncer() {
  const spoken = shallowRef('');
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function speak(): void {
    timer = undefined;
    if (waiting.length === 0) return;
    spoken.value = waiting.join('; ');
    waiting = [];
    timer = setTimeout(speak, QUIET_MS);
  }

  function announce(sentence: string): void {
    waiting.push(sentence);
    if (timer === undefined) speak();
  }

  onBeforeUnmount(() => clearTimeout(timer));
  return { spoken, announce };
}
