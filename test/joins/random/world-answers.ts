/** Evaluates a query over the world's links: graphql-js itself, with nothing of the gateway but its SDL. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { World } from '../../../src/sandbox/world.ts';
import type { Tree } from '../asking.ts';
import { type Aliases, NO_ALIASES } from './spellings.ts';
import { type Args, createLinks, type LinkOptions, type Links } from './world-links.ts';
import { connectionOf, Listing, Refusal } from './world-page.ts';
import { kindOfHit } from './world-search.ts';

export interface WorldAnswer {
  data: Tree;
  /** Pages that are refused, as `path: code`. */
  refusals: readonly string[];
}

export interface WorldAnswers {
  schema: GraphQLSchema;
  /** What the oracle has links for. */
  links: Links;
  /** One page where a page is asked for. */
  answer(query: DocumentNode, variables: Record<string, unknown>): WorldAnswer;
  /** Every list whole, and somebody whom no system knows is a person without anything. */
  answerWhole(query: DocumentNode, variables: Record<string, unknown>): WorldAnswer;
}

export function createWorldAnswers(world: World, aliases: Aliases = NO_ALIASES): WorldAnswers {
  const sdl = readFileSync(new URL('../../../schema/composed.graphql', import.meta.url), 'utf8');
  const schema = buildSchema(sdl, { assumeValidSDL: true });
  const evaluate = (options: LinkOptions & { whole: boolean }) => {
    const fieldResolver = resolverOf(createLinks(world, { ...options, aliases }), options.whole);
    return (document: DocumentNode, variableValues: Record<string, unknown>): WorldAnswer => {
      const result = execute({ schema, document, variableValues, fieldResolver, typeResolver: kindOfHit });
      if (result instanceof Promise) throw new TypeError('The oracle waits for nobody.');
      return { data: result.data, refusals: (result.errors ?? []).map(refusalIn) };
    };
  };
  return {
    schema,
    links: createLinks(world, { everybody: false }),
    answer: evaluate({ everybody: false, whole: false }),
    answerWhole: evaluate({ everybody: true, whole: true }),
  };
}

function refusalIn(error: GraphQLError): string {
  const { path = [], originalError } = error;
  if (!(originalError instanceof Refusal)) throw error;
  return `${path.join('.')}: ${originalError.code}`;
}

function resolverOf(links: Links, whole: boolean): GraphQLFieldResolver<Args, unknown, Args> {
  return (row, args, _context, { parentType, fieldName }) => {
    const link = links[parentType.name]?.[fieldName];
    // What has no link is a part of a connection.
    const value = link ? link(row as never, args) : row[fieldName];
    if (value instanceof Refusal) throw value;
    return value instanceof Listing ? connectionOf(value, args, whole) : value;
  };
}
