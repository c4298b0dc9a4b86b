/** Drops what no executor needs: examples and constraints of the description. */
import { type DocumentNode, visit } from 'graphql';
import type { Pass } from './pass.ts';

const DROPPED = ['example', 'typescript', 'regexp', 'length'];

export const dropAnnotations: Pass = (document): DocumentNode =>
  visit(document, {
    Directive: (node) => (DROPPED.includes(node.name.value) ? null : undefined),
    DirectiveDefinition: (node) => (DROPPED.includes(node.name.value) ? null : undefined),
  });
