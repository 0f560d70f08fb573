/** The same keys with text of any wording: English must have exactly what Chinese has. */
export type Wording<T> = { readonly [K in keyof T]: T[K] extends string ? string : Wording<T[K]> };

export interface Bilingual<T> {
  readonly zh: T;
  readonly en: Wording<T>;
}

/** Messages of one feature in both languages; the types refuse a missing one. */
export function bilingual<const T>(zh: T, en: Wording<T>): Bilingual<T> {
  return { zh, en };
}
