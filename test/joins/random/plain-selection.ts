/** Selections without conditions, which leave nothing out, and with input objects written out. */
import type { Selection } from './selection.ts';

/** The same fields with the same arguments. */
export function plainly<Any extends Selection>(one: Any): Any {
  const selection = one.selection.map(plainly);
  if (one.kind === 'fragment') return { ...one, selection };
  const hasInput = Object.values(one.args).some((value) => isObject(value));
  return { ...one, selection, condition: undefined, inVariables: one.inVariables && !hasInput };
}

/** Selections that are asked; what a condition leaves out is not, with all below it. */
export function countFields(selection: readonly Selection[]): { written: number; asked: number } {
  const count = { written: 0, asked: 0 };
  const walk = (set: readonly Selection[], isAsked: boolean): void => {
    for (const one of set) {
      const applies = isAsked && (one.kind === 'fragment' || isTaken(one.condition));
      if (one.kind === 'field' && one.of !== undefined) {
        count.written += 1;
        if (applies) count.asked += 1;
      }
      walk(one.selection, applies);
    }
  };
  walk(selection, true);
  return count;
}

function isTaken(condition: { directive: 'skip' | 'include'; if: boolean } | undefined): boolean {
  return condition === undefined || condition.if === (condition.directive === 'include');
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
