/**
 * Interleaved rounds: every round asks every peer every question once, one after the other. Every other round goes the other way
 * round: whoever follows another process finds the processor's caches full of that one's things.
 */
import type { Print } from '../benchmark.ts';
import { answersOf, type Contestant, type Effort, measure, type Sample, type Track } from './contestant.ts';
import { QUESTIONS, type Question } from './question.ts';

/** A process that has answered some ten thousand requests costs half of what it did in its first thousands. */
const WARM_ROUNDS = 4;

/** Of one contestant, by question, a sample a round. */
export type Samples = Readonly<Record<Question, Sample[]>>;

export interface Result extends Contestant {
  samples: Samples;
  residentMb: number;
}

export interface RaceOptions extends Effort {
  rounds: number;
  print: Print;
}

/** Throws when two contestants give different answers to one question: only equals can be compared. */
export async function checkAnswers(contestants: readonly Contestant[]): Promise<void> {
  for (const question of QUESTIONS) {
    const answers = await Promise.all(contestants.map((contestant) => answersOf(contestant, question)));
    const different = contestants.findIndex((_, index) => answers[index] !== answers[0]);
    if (different < 0) continue;
    const show = (index: number) => `${contestants[index]?.name}: ${answers[index]?.slice(0, 600)}`;
    throw new Error(`Different answers to "${question}".\n${show(0)}\n${show(different)}`);
  }
}

export async function race(
  track: Track,
  contestants: readonly Contestant[],
  { rounds, print, ...effort }: RaceOptions,
): Promise<readonly Result[]> {
  const samples = new Map(contestants.map((contestant): [Contestant, Samples] => [contestant, noSamples()]));
  // What comes before round 1 is not counted: Node compiles what is hot, and takes its time for it.
  for (let round = 1 - WARM_ROUNDS; round <= rounds; round += 1) {
    for (const question of QUESTIONS) {
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
        const sample = await measure(track, contestant, question, effort);
        if (round > 0) samples.get(contestant)?.[question].push(sample);
      }
    }
    if (round >= 0) print(round === 0 ? 'warm' : `round ${round} of ${rounds}`);
  }
  return contestants.map((contestant) => ({
    ...contestant,
    samples: samples.get(contestant) ?? noSamples(),
    residentMb: contestant.process.residentMb(),
  }));
}

function noSamples(): Samples {
  return { '20 rows': [], '100 rows': [], 'one read': [] };
}
