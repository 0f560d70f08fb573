/** Whose figure is explained. */
export type Explained = { readonly station: string } | { readonly target: string } | 'district';

/** Where the API explains it. */
export function explanationPath(of: Explained): string {
  if (of === 'district') return '/district/explanation';
  if ('station' in of) return `/stations/${encodeURIComponent(of.station)}/explanation`;
  return `/targets/${encodeURIComponent(of.target)}/explanation`;
}
