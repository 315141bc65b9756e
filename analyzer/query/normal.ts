/**
 * Joins parts of queries to the form that parseQuery gives: groups inside groups of their kind are flattened, groups of
 * one part and double negations do not exist. For whoever adds terms to a query: a filter, a facet, a time window.
 */
import type { QueryNode } from './query.ts';

/** @param parts one or more. @returns what matches when every part does. */
export function allOf(parts: readonly [QueryNode, ...QueryNode[]]): QueryNode {
  const flat = parts.flatMap((part) => (part.kind === 'all' ? part.parts : [part]));
  return flat.length === 1 ? parts[0] : { kind: 'all', parts: flat };
}

/** @param parts one or more. @returns what matches when one part does. */
export function anyOf(parts: readonly [QueryNode, ...QueryNode[]]): QueryNode {
  const flat = parts.flatMap((part) => (part.kind === 'any' ? part.parts : [part]));
  return flat.length === 1 ? parts[0] : { kind: 'any', parts: flat };
}

/** @returns what matches when `part` does not. */
export function not(part: QueryNode): QueryNode {
  return part.kind === 'not' ? part.part : { kind: 'not', part };
}
