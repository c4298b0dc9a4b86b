/** What retention takes for now when somebody sets the clock. */
import { expect, it } from 'vitest';
import { createRetentionClock } from '../../src/events/retention-clock.ts';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.UTC(2026, 10, 1);

/** A wall clock that somebody sets, beside one that only runs. */
function makeClocks() {
  let [wall, elapsed] = [START, 5_000];
  return {
    clock: createRetentionClock({ now: () => wall, elapsed: () => elapsed }),
    pass(ms: number) {
      wall += ms;
      elapsed += ms;
    },
    set(ms: number) {
      wall += ms;
    },
    wall: () => wall,
  };
}

it('runs with the wall clock, and follows it in what little it is corrected by', () => {
  const { clock, pass, set, wall } = makeClocks();
  for (const correction of [0, 2_000, -3_000, 59 * MINUTE]) {
    pass(10 * MINUTE);
    set(correction);
    expect(clock()).toBe(wall());
  }
});

it('runs on by the time before while the wall clock is far ahead, and is right at once when that is set right', () => {
  const { clock, pass, set, wall } = makeClocks();
  pass(DAY);
  set(60 * DAY);
  expect(clock()).toBe(START + DAY);
  pass(23 * HOUR);
  expect(clock()).toBe(START + DAY + 23 * HOUR);
  set(-60 * DAY);
  expect(clock()).toBe(wall());
  pass(HOUR);
  set(60 * DAY);
  // Another jump: the time of the first does not count.
  expect(clock()).toBe(START + 2 * DAY);
});

it('believes a wall clock that has stayed ahead for a day', () => {
  const { clock, pass, set, wall } = makeClocks();
  set(60 * DAY);
  expect(clock()).toBe(START);
  pass(DAY);
  expect(clock()).toBe(wall());
  pass(MINUTE);
  expect(clock()).toBe(wall());
});

it('follows a wall clock that is put back at once', () => {
  const { clock, set, wall } = makeClocks();
  set(-60 * DAY);
  expect(clock()).toBe(wall());
});
