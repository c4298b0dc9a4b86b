/** One point in which our description says something else than the vendor's own. */
export type DeviationKind =
  /** The vendor knows no such path, parameter, property, status or media type. */
  | 'unknown'
  /** The vendor says only "an array" or "an object" where we say of what. */
  | 'undescribed'
  | 'type'
  | 'format'
  /** An enum value the vendor does not know, or one of its answers that we leave out. */
  | 'enum'
  /** The vendor insists on what we leave to the caller, or does not promise what we promise. */
  | 'required'
  | 'nullable'
  /** How an array or object is written into a query. */
  | 'style'
  | 'maximum';

export interface Deviation {
  kind: DeviationKind;
  /** `GET /v1/customers`: the first call that led here; or `vendor.yaml`. */
  operation: string;
  /** `Customer.address[]` inside a named schema, else from the operation on: `customers.query.limit`. */
  at: string;
  ours: string;
  theirs: string;
}

export function describeDeviation(vendor: string, { kind, operation, at, ours, theirs }: Deviation): string {
  return `${vendor}, ${operation}: ${at} (${kind})\n    we say:          ${ours}\n    the vendor says: ${theirs}`;
}

export type Counted = 'operations' | 'parameters' | 'properties' | 'wire names';

export interface Findings {
  report(deviation: Deviation): void;
  /** Forgotten when the place is counted as a property, before or later. */
  reportUnlessElsewhere(deviation: Deviation): void;
  /** A thing of ours that has its like in the vendor's file, right or not. */
  count(what: Counted, place: string): void;
}

export interface Comparison {
  deviations: readonly Deviation[];
  counts: Readonly<Record<Counted, number>>;
}

/** Collects; what is found twice on different ways to the same place is kept once. */
export function createFindings(): Findings & { result(): Comparison } {
  const deviations = new Map<string, Deviation>();
  const unlessElsewhere: Deviation[] = [];
  const places = { operations: new Set(), parameters: new Set(), properties: new Set(), 'wire names': new Set() };
  return {
    report,
    reportUnlessElsewhere: (deviation) => unlessElsewhere.push(deviation),
    count: (what, place) => places[what].add(place),
    result,
  };

  function report(deviation: Deviation): void {
    const key = [deviation.kind, deviation.at, deviation.ours, deviation.theirs].join('\n');
    if (!deviations.has(key)) deviations.set(key, deviation);
  }

  function result(): Comparison {
    for (const deviation of unlessElsewhere.splice(0)) {
      if (!places.properties.has(deviation.at)) report(deviation);
    }
    return {
      deviations: [...deviations.values()],
      counts: {
        operations: places.operations.size,
        parameters: places.parameters.size,
        properties: places.properties.size,
        'wire names': places['wire names'].size,
      },
    };
  }
}
