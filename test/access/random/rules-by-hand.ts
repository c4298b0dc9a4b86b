/** The rules as a reader of `schema/composed.graphql` finds them: `@scope` and `@pii` in its text. Nothing of the gateway is asked. */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type NameNode,
  type TypeNode,
  valueFromASTUntyped,
} from 'graphql';

export interface RulesByHand {
  /** For each clause that `scopes` do not meet, its scopes; empty: the field may be seen. */
  lacking(coordinate: string, scopes: ReadonlySet<string>): readonly string[];
  /** Of personal data. */
  category(coordinate: string): string | undefined;
}

interface Rule {
  clauses: readonly (readonly string[])[];
  category: string | undefined;
}

export function readRulesByHand({ definitions }: DocumentNode): RulesByHand {
  const types = definitions.filter(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION,
  );
  const ofType = new Map(types.map((type) => [type.name.value, clausesIn(type)]));
  const rules = new Map<string, Rule>();
  for (const type of types) {
    for (const field of type.fields ?? []) {
      const clauses = [
        ...clausesIn(field),
        ...(ofType.get(type.name.value) ?? []),
        ...(ofType.get(namedType(field)) ?? []),
      ];
      rules.set(`${type.name.value}.${field.name.value}`, { clauses, category: categoryIn(field) });
    }
  }
  return {
    lacking(coordinate, scopes) {
      const clauses = rules.get(coordinate)?.clauses ?? [];
      return clauses.filter((clause) => !clause.some((scope) => scopes.has(scope))).flat();
    },
    category: (coordinate) => rules.get(coordinate)?.category,
  };
}

interface Annotated {
  name: NameNode;
  directives?: readonly ConstDirectiveNode[] | undefined;
}

function clausesIn({ directives = [] }: Annotated): string[][] {
  return directives
    .filter(({ name }) => name.value === 'scope')
    .map((directive) => argument(directive, 'requires') as string[]) // the composer writes lists
    .filter(({ length }) => length > 0);
}

function categoryIn({ directives = [] }: Annotated): string | undefined {
  const directive = directives.find(({ name }) => name.value === 'pii');
  return directive && String(argument(directive, 'category'));
}

function argument({ arguments: given = [] }: ConstDirectiveNode, wanted: string): unknown {
  const found = given.find(({ name }) => name.value === wanted);
  return found && valueFromASTUntyped(found.value);
}

function namedType({ type }: FieldDefinitionNode): string {
  let node: TypeNode = type;
  while (node.kind !== Kind.NAMED_TYPE) node = node.type;
  return node.name.value;
}
