/**
 * Replaces scalars that would refuse a vendor's good data, or say something untrue about it. Constraints (`pattern`,
 * `maxLength`, `minimum`) are the vendor's to check.
 */
import { type DocumentNode, Kind, visit } from 'graphql';
import { directiveOf } from './directive-node.ts';
import { mapTypes, typesOf } from './document.ts';
import type { Pass } from './pass.ts';
import { nameNode } from './type-node.ts';

const REPLACED = new Map([
  ['NonEmptyString', 'String'],
  ['EmailAddress', 'String'],
  ['UUID', 'String'],
  ['PositiveInt', 'Int'],
  ['NonNegativeInt', 'Int'],
  ['NonPositiveInt', 'Int'],
  ['NegativeInt', 'Int'],
  ['PositiveFloat', 'Float'],
  ['NonNegativeFloat', 'Float'],
  ['NonPositiveFloat', 'Float'],
  ['NegativeFloat', 'Float'],
  // An answer without a body: true says that it came.
  ['Void', 'Boolean'],
]);

export const replaceScalars: Pass = (document): DocumentNode => {
  const constrained = typesOf(document).filter(
    (type) => type.kind === Kind.SCALAR_TYPE_DEFINITION && (directiveOf(type, 'regexp') ?? directiveOf(type, 'length')),
  );
  const replaced = new Map([...REPLACED, ...constrained.map((type) => [type.name.value, 'String'] as const)]);
  const kept = mapTypes(document, (type) => {
    if (type.kind !== Kind.SCALAR_TYPE_DEFINITION) return type;
    if (type.name.value === 'Timestamp') return { ...type, name: nameNode('UnixTime'), description: UNIX_TIME };
    return replaced.has(type.name.value) ? null : type;
  });
  return visit(kept, {
    NamedType: (node) => {
      const name = node.name.value === 'Timestamp' ? 'UnixTime' : replaced.get(node.name.value);
      return name === undefined ? undefined : { ...node, name: nameNode(name) };
    },
  });
};

/** Mesh's own description says milliseconds; vendors send seconds. */
const UNIX_TIME = { kind: Kind.STRING, value: 'Seconds since 1970-01-01T00:00:00Z, as a number.' } as const;
