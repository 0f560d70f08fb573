import type { TargetView } from '@clearbay/contract/api.ts';

type Budget = NonNullable<TargetView['budget']>;

/** One square a day of the budget: used ones first, then what is left; days beyond the budget follow. */
export function budgetSquares(budget: Pick<Budget, 'allowed' | 'used'>): ('used' | 'left' | 'over')[] {
  const used = Math.min(budget.used, budget.allowed);
  return [
    ...Array<'used'>(used).fill('used'),
    ...Array<'left'>(budget.allowed - used).fill('left'),
    ...Array<'over'>(Math.max(0, budget.used - budget.allowed)).fill('over'),
  ];
}

/** Good days needed in the rest of the year, if every one of its days becomes valid; never below 0. */
export function goodDaysNeeded(budget: Pick<Budget, 'daysLeft' | 'left'>): number {
  return Math.max(0, budget.daysLeft - Math.max(0, budget.left));
}
