import type { Role } from '@clearbay/contract/api.ts';

/** Who may use a route; a route without an entry does not exist, so the default is to deny. */
export type Access = 'open' | readonly Role[];

/** Everyone who is signed in reads the live state and its history. */
export const READERS: readonly Role[] = ['viewer', 'duty', 'officer', 'operator', 'tester', 'admin'];
/** Who runs devices or the system: intake figures, refusals, devices' names, pushing readings in. */
export const RUNNERS: readonly Role[] = ['operator', 'tester', 'admin'];
export const OPERATORS: readonly Role[] = ['operator', 'admin'];
/** Who answers for the figures. */
export const OFFICERS: readonly Role[] = ['officer', 'admin'];
export const ADMINISTRATORS: readonly Role[] = ['admin'];

export function allows(access: Access, role: Role | undefined): boolean {
  if (access === 'open') return true;
  return role !== undefined && access.includes(role);
}
