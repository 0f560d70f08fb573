/** A label in both languages of the console. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}
