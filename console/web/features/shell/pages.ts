/** Pages of the navigation with the second key of `g …`. */
export const PAGES = [
  { name: 'overview', key: 'o' },
  { name: 'alerts', key: 'l' },
  { name: 'air', key: 'a' },
  { name: 'water', key: 'w' },
  { name: 'flood', key: 'f' },
  { name: 'parking', key: 'p' },
  { name: 'targets', key: 't' },
  { name: 'status', key: 's' },
] as const;
