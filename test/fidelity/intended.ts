/** Holds deviations against the table of exceptions. */
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import type { Deviation } from './deviation.ts';
import type { Exception } from './exceptions.ts';
import type { Schema } from './openapi-document.ts';

export interface Verdict {
  /** Deviations nobody intended. */
  unintended: readonly Deviation[];
  /** Places in the table that excuse nothing any more, with their reason. */
  rotten: readonly string[];
}

export function judge(vendor: VendorName, deviations: readonly Deviation[], exceptions: readonly Exception[]): Verdict {
  const excuses = exceptions
    .filter((exception) => exception.vendor === vendor)
    .flatMap((exception) => exception.at.map((at) => ({ exception, at })));
  return {
    unintended: deviations.filter((deviation) => !excuses.some((excuse) => excusesIt(excuse, deviation))),
    rotten: excuses
      .filter((excuse) => !deviations.some((deviation) => excusesIt(excuse, deviation)))
      .map(({ exception, at }) => `${vendor}, ${at} (${exception.kind}): ${exception.because}`),
  };
}

/** What to compare with at which place, where the vendor's file leaves it out. */
export function standInsOf(vendor: VendorName, exceptions: readonly Exception[]): Map<string, Schema> {
  return new Map(
    exceptions
      .filter((exception) => exception.vendor === vendor)
      .flatMap(({ at, compareWith }) => (compareWith === undefined ? [] : at.map((place) => [place, compareWith]))),
  );
}

function excusesIt({ exception, at }: { exception: Exception; at: string }, deviation: Deviation): boolean {
  const { kind, ours = '*', theirs = '*' } = exception;
  return (
    kind === deviation.kind && fits(at, deviation.at) && fits(ours, deviation.ours) && fits(theirs, deviation.theirs)
  );
}

/** `*` is any text; everything else is meant as it is written. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${[first, ...others].join('[^]*')}$`).test(text);
}
