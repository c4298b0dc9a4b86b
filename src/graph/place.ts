/** Where an object or a list of an answer hangs: what an error's path is read from, and what becomes null when null may not stand. */
import type { FieldPlan } from './field-plan.ts';

export type Holder = Record<string | number, unknown>;

export class Place {
  /** Undefined for the answer itself. */
  readonly parent: Place | undefined;
  /** What it hangs in, and as what. */
  readonly holder: Holder;
  readonly key: string | number;
  /** Undefined for the answer itself and for what is in a list. */
  readonly field: FieldPlan | undefined;
  readonly isNonNull: boolean;
  /** It became null: what comes later for anything below is not shown. */
  isGone = false;

  constructor(
    parent: Place | undefined,
    holder: Holder,
    key: string | number,
    field: FieldPlan | undefined,
    isNonNull: boolean,
  ) {
    this.parent = parent;
    this.holder = holder;
    this.key = key;
    this.field = field;
    this.isNonNull = isNonNull;
  }
}

export function isLost(place: Place): boolean {
  for (let at: Place | undefined = place; at; at = at.parent) if (at.isGone) return true;
  return false;
}

/** Makes it null; where that may not stand, what is around it. */
export function giveUp(place: Place): void {
  for (let at: Place | undefined = place; at; at = at.isNonNull ? at.parent : undefined) {
    at.isGone = true;
    at.holder[at.key] = null;
  }
}

/** As the answer's reader finds it: names and positions, from the top. */
export function pathTo(place: Place, key: string | number): (string | number)[] {
  const path = [key];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) path.unshift(at.key);
  return path;
}
