/** Step 2: how much of a lead this is. Knows nothing but its arguments. */
import type { Company } from './enrich.ts';

export type Grade = 'hot' | 'warm' | 'cold';

export interface Score {
  points: number;
  grade: Grade;
}

const SENIOR = /\b(chief|c[efimot]o|founder|owner|president|vp|head|director)\b/i;

/** From 0 to 100. */
export function scoreOf({ employees, isCustomer, name }: Company, jobTitle: string | null): Score {
  const points = [
    name === null ? 0 : 20,
    employees === null ? 0 : employees >= 200 ? 30 : employees >= 50 ? 20 : 10,
    SENIOR.test(jobTitle ?? '') ? 30 : 0,
    isCustomer ? 20 : 0,
  ].reduce((sum, part) => sum + part, 0);
  return { points, grade: points >= 60 ? 'hot' : points >= 30 ? 'warm' : 'cold' };
}
