import { onBeforeUnmount, onMounted } from 'vue';

/** The second key of a sequence must follow within this time, ms. */
const SEQUENCE_MS = 1200;

export interface Shortcuts {
  readonly enabled: () => boolean;
  readonly help: () => void;
  readonly freeze: () => void;
  readonly go: (key: string) => void;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

/** Single-letter shortcuts: `?` help, `f` freeze, `g` then a page's letter. Silent while somebody types, or when switched off. */
export function useShortcuts(shortcuts: Shortcuts): void {
  let pendingGo = 0;

  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (!shortcuts.enabled()) return;
    if (event.timeStamp < pendingGo) {
      pendingGo = 0;
      shortcuts.go(event.key.toLowerCase());
    } else if (event.key === '?') shortcuts.help();
    else if (event.key === 'f') shortcuts.freeze();
    else if (event.key === 'g') pendingGo = event.timeStamp + SEQUENCE_MS;
    else return;
    event.preventDefault();
  }

  onMounted(() => window.addEventListener('keydown', press));
  onBeforeUnmount(() => window.removeEventListener('keydown', press));
}
