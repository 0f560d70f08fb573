import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

/** How many rows of a height (px) fit into an element whose size does not depend on them; follows its size. */
export function useFittingRows(place: Readonly<Ref<HTMLElement | null>>, rowPx: number): Readonly<Ref<number>> {
  const rows = ref(1);
  const seen = new ResizeObserver(([entry]) => {
    if (entry !== undefined) rows.value = Math.max(1, Math.floor(entry.contentRect.height / rowPx));
  });
  onMounted(() => {
    if (place.value !== null) seen.observe(place.value);
  });
  onBeforeUnmount(() => seen.disconnect());
  return rows;
}
