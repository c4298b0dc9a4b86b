/**
 * Our descriptions against the vendors' published ones. What we mean to say otherwise stands in
 * `test/fidelity/exceptions.ts`, with its reason.
 */
import { describe, expect, it } from 'vitest';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import { type Comparison, describeDeviation } from '../fidelity/deviation.ts';
import { EXCEPTIONS, type Exception } from '../fidelity/exceptions.ts';
import { judge, standInsOf, type Verdict } from '../fidelity/intended.ts';
import { mutate } from '../fidelity/mutate.ts';
import { MUTATIONS } from '../fidelity/mutations.ts';
import { type OwnSource, ownVendors, readOwnSource } from '../fidelity/own-source.ts';
import { PUBLISHED, readPublished, whyNotComparable } from '../fidelity/published.ts';
import { compareSource } from '../fidelity/source-comparison.ts';

/** Those that cannot be compared too: the test says so aloud. */
const VENDORS = Object.keys(PUBLISHED) as VendorName[]; // the table's type says which keys it has

const isComparable = (vendor: VendorName): boolean => whyNotComparable(vendor) === undefined;

function compare(vendor: VendorName, source: OwnSource): Comparison {
  return compareSource({ source, published: readPublished(vendor), standIns: standInsOf(vendor, EXCEPTIONS) });
}

function verdictOf(vendor: VendorName, source: OwnSource, exceptions: readonly Exception[] = EXCEPTIONS): Verdict {
  return judge(vendor, compare(vendor, source).deviations, exceptions);
}

/** Straight to the terminal: the runner hides what passing and skipped tests have to say. */
function say(line: string): void {
  process.stdout.write(`fidelity: ${line}\n`);
}

describe.each(VENDORS)('the description of %s', (vendor) => {
  it('says nothing that the published one does not say, but for listed exceptions', (test) => {
    const reason = whyNotComparable(vendor);
    if (reason !== undefined) {
      say(`${vendor} NOT compared: ${reason}`);
      test.skip(reason);
    }
    const { deviations, counts } = compare(vendor, readOwnSource(vendor));
    const { unintended, rotten } = judge(vendor, deviations, EXCEPTIONS);
    const counted = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    say(`${vendor} compared: ${counted.join(', ')}; ${deviations.length} intended deviations`);
    expect(unintended.map((deviation) => describeDeviation(vendor, deviation)).join('\n'), 'unintended').toBe('');
    expect(rotten.join('\n'), 'exceptions that excuse nothing any more').toBe('');
    expect(Math.min(...Object.values(counts)), 'things compared').toBeGreaterThan(0);
  });
});

describe('the comparison', () => {
  it('knows of every vendor whether it can be compared', () => {
    expect(ownVendors()).toEqual(Object.keys(PUBLISHED).sort());
  });

  it.for(MUTATIONS)('notices $mistake ($vendor $at)', (mutation, { skip }) => {
    if (!isComparable(mutation.vendor)) skip(whyNotComparable(mutation.vendor));
    const source = readOwnSource(mutation.vendor);
    mutate(source, mutation);
    const { unintended } = verdictOf(mutation.vendor, source);
    expect(unintended.map(({ kind, at }) => `${at} (${kind})`)).toContain(`${mutation.at} (${mutation.kind})`);
  });

  it('says vendor, operation, place, our word and theirs', ({ skip }) => {
    if (!isComparable('resend')) skip(whyNotComparable('resend'));
    const mutation = MUTATIONS.find(({ mistake }) => mistake === 'another type');
    const source = readOwnSource('resend');
    if (mutation !== undefined) mutate(source, mutation);
    const { unintended } = verdictOf('resend', source);
    expect(unintended.map((deviation) => describeDeviation('resend', deviation))).toEqual([
      [
        'resend, GET /emails: Email.created_at (type)',
        '    we say:          boolean',
        '    the vendor says: string',
      ].join('\n'),
    ]);
  });

  it('fails for an exception that excuses nothing', ({ skip }) => {
    if (!isComparable('resend')) skip(whyNotComparable('resend'));
    const rotten: Exception = { vendor: 'resend', kind: 'type', at: ['Email.id'], because: 'It was so once.' };
    expect(verdictOf('resend', readOwnSource('resend'), [...EXCEPTIONS, rotten]).rotten).toEqual([
      'resend, Email.id (type): It was so once.',
    ]);
  });

  it('gives a sentence as the reason of every exception', () => {
    for (const { because } of EXCEPTIONS) expect(because).toMatch(/^[A-Z].*\.$/);
  });
});
