/** Random queries, as many as are wanted, against the oracle. Every failure names the seed and path that show it again. */
import fc from 'fast-check';
import { generateWorld } from '../../../src/sandbox/world-generator.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../../gateway-under-test.ts';
import { type Count, createCount, expectNothingWrong, expectSame } from './ask-both.ts';
import { LOSSY, SHUFFLED, tolerated, type VendorFault } from './faults.ts';
import { plainly } from './plain-selection.ts';
import { readCursors } from './refused-pages.ts';
import { makeRoomyGraph } from './roomy-graph.ts';
import { createSelections } from './selection.ts';
import { NO_ALIASES } from './spellings.ts';
import { makeUnkind } from './unkind-world.ts';
import { createWorldAnswers } from './world-answers.ts';

/** How the vendors behave meanwhile: well, with rows shuffled and doubled, or with rows missing and calls that fail. */
export type Behaviour = 'well' | 'shuffled' | 'lossy';

export interface Subject extends AsyncDisposable {
  gateway: GatewayUnderTest;
  /** Its root selections go in one operation, as they do where a page asks for all it shows. */
  properties: Readonly<Record<Behaviour, (count: Count) => fc.IAsyncPropertyWithHooks<never>>>;
}

/** Root selections of one operation, at most. */
const MOST_ROOTS = 40;
/** Operations of one seed. */
const RUNS = 10;

export interface Subjects extends AsyncDisposable {
  of(behaviour: Behaviour): Subject;
}

/**
 * One over the unkind world, and one over the sandbox's own, where all records agree, for vendors that lose rows: of two
 * doubles the older may be lost, or the CRM's record that would settle whose a row is, and then another answer is right.
 */
export async function startSubjects(): Promise<Subjects> {
  const own = generateWorld();
  const [unkind, kind] = [await startSubject(makeUnkind(own)), await startSubject({ world: own, aliases: NO_ALIASES })];
  return {
    of: (behaviour) => (behaviour === 'lossy' ? kind : unkind),
    async [Symbol.asyncDispose]() {
      await Promise.all([unkind, kind].map((subject) => subject[Symbol.asyncDispose]()));
    },
  };
}

/** @default over the unkind world */
export async function startSubject({ world, aliases } = makeUnkind(generateWorld())): Promise<Subject> {
  const graph = makeRoomyGraph({ person: { aliases: aliases.person }, account: { aliases: aliases.account } });
  const gateway = await startGatewayUnderTest({ graphDir: graph.dir, world });
  const oracle = createWorldAnswers(world, aliases);
  const { root } = createSelections(oracle.schema, oracle.links, world, await readCursors(gateway), aliases);
  const some = fc.array(root, { minLength: 1, maxLength: MOST_ROOTS, size: 'max' });
  const roots = fc.oneof({ weight: 3, arbitrary: some.map((all) => all.map(plainly)) }, some);
  const faulty = (faults: fc.Arbitrary<VendorFault[]>) => (count: Count) =>
    fc.asyncProperty(faults, roots, async (set, selections) => {
      const faulty = () => behave(gateway, set);
      await expectNothingWrong(gateway, oracle, selections, count, tolerated.bind(null, set), faulty);
    }) as unknown as fc.IAsyncPropertyWithHooks<never>;
  return {
    gateway,
    properties: {
      well: (count) =>
        fc.asyncProperty(roots, async (selections) => {
          await behave(gateway, []);
          await expectSame(gateway, oracle, selections, count);
        }) as unknown as fc.IAsyncPropertyWithHooks<never>,
      shuffled: faulty(SHUFFLED),
      lossy: faulty(LOSSY),
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      graph[Symbol.dispose]();
    },
  };
}

async function behave({ control, logged }: GatewayUnderTest, faults: readonly VendorFault[]): Promise<void> {
  logged.length = 0;
  await control('DELETE', '/faults');
  for (const fault of faults) await control('POST', '/faults', fault);
}

export interface Proof extends Count {
  /** One for each seed that shows one, in the smallest query that does. */
  differences: string[];
}

/** At least so many root selections; seed after seed. Stops at the first difference. */
export async function prove(
  subject: Subject,
  behaviour: Behaviour,
  { queries, seed }: { queries: number; seed: number },
): Promise<Proof> {
  const proof: Proof = { ...createCount(), differences: [] };
  for (let next = seed; proof.queries < queries && proof.differences.length === 0; next += 1) {
    const found = await proveSeed(subject, behaviour, next);
    proof.queries += found.queries;
    proof.operations += found.operations;
    proof.joins.written += found.joins.written;
    proof.joins.asked += found.joins.asked;
    proof.differences.push(...found.differences);
  }
  return proof;
}

/** In one line. */
export function describeProof({ queries, operations, joins }: Proof): string {
  const share = Math.round((100 * joins.asked) / joins.written);
  return `${queries} random queries in ${operations} operations, ${share} % of their joins asked`;
}

/** All operations of one seed. */
export async function proveSeed({ properties }: Subject, behaviour: Behaviour, seed: number): Promise<Proof> {
  const count = createCount();
  const found = await check(properties[behaviour](count), behaviour, { seed, numRuns: RUNS });
  return { ...count, differences: found === undefined ? [] : [found] };
}

/** What the seed and path show, or all operations of the seed; undefined when all is right. */
export function replay({ properties }: Subject, behaviour: Behaviour, seed: number, path?: string) {
  return check(properties[behaviour](createCount()), behaviour, {
    seed,
    ...(path === undefined ? {} : { path }),
    numRuns: RUNS,
  });
}

async function check(
  property: fc.IAsyncPropertyWithHooks<never>,
  behaviour: Behaviour,
  parameters: fc.Parameters<never>,
): Promise<string | undefined> {
  const { failed, seed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, parameters);
  if (!failed) return undefined;
  const faults = behaviour === 'well' ? '' : `\nfaults: ${JSON.stringify(counterexample?.[0])}`;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `To see it again: { behaviour: '${behaviour}', seed: ${seed}, path: '${counterexamplePath}' }\n${message}${faults}`;
}
