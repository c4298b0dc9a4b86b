/**
 * How long streams may keep the event loop in one turn, and who of them comes next. A thousand of them, each with a page at
 * hand, would keep it for half a second, and a vendor's webhook would wait as long for each step of its answer.
 */
const MOST_TURN_MS = 8;
/** Streams that go on before the clock is looked at again. */
const AT_ONCE = 16;

const waiting: (() => void)[] = [];
let turnStartedAt: number | undefined;

/** Undefined: go on. Else resolves when those who came before have had their turn. */
export function ownTurn(): Promise<void> | undefined {
  if (turnStartedAt === undefined) beginTurn();
  if (waiting.length === 0 && !isOver()) return undefined;
  return new Promise((resolve) => waiting.push(resolve));
}

function beginTurn(): void {
  turnStartedAt = performance.now();
  setImmediate(nextTurn);
}

function nextTurn(): void {
  turnStartedAt = undefined;
  if (waiting.length === 0) return;
  beginTurn();
  letSomeGo();
}

function letSomeGo(): void {
  for (const go of waiting.splice(0, AT_ONCE)) go();
  // Runs when these have written what they had.
  if (waiting.length > 0) queueMicrotask(() => isOver() || letSomeGo());
}

const isOver = (): boolean => performance.now() - (turnStartedAt ?? 0) > MOST_TURN_MS;
