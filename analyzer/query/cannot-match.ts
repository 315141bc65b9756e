/** Why no line can match a query, or a part of it, whatever the archives hold: nobody should take a zero for an answer then. */
import { nearest } from '../core/nearest.ts';
import { placeNameTest } from './place-name.ts';
import type { QueryNode, TimeTerm } from './query.ts';
import { writeInstant } from './values.ts';
import { shown } from './wrong.ts';

/** Nodes named in a sentence before it says how many more there are. */
const NAMED_MAX = 3;

/**
 * @param nodes names of those that are searched, as far as they are known.
 * @returns a sentence for each such part, in the order of the query; each once.
 */
export function cannotMatch(query: QueryNode, nodes: readonly (string | null)[]): readonly string[] {
  const names = nodes.length === 0 ? null : [...new Set(nodes.flatMap((node) => node ?? []))];
  return [...new Set(reasonsOf(query, names))];
}

/** @param names null: nothing is searched. */
function reasonsOf(query: QueryNode, names: readonly string[] | null): readonly string[] {
  switch (query.kind) {
    case 'all':
      return [...noTime(query.parts), ...query.parts.flatMap((part) => reasonsOf(part, names))];
    case 'any':
      return query.parts.flatMap((part) => reasonsOf(part, names));
    case 'not':
      return reasonsOf(query.part, names);
    case 'place':
      return query.field === 'node' && names !== null ? noNode(query.name, names) : [];
    default:
      return [];
  }
}

/** Times that all have to hold, and leave none. */
function noTime(parts: readonly QueryNode[]): readonly string[] {
  const times = parts.filter((part): part is TimeTerm => part.kind === 'time');
  const from = Math.max(...times.map((time) => time.from ?? Number.NEGATIVE_INFINITY));
  const to = Math.min(...times.map((time) => time.to ?? Number.POSITIVE_INFINITY));
  if (times.length < 2 || from < to) return [];
  return [`No line can match: no time is at or after ${writeInstant(from)} and before ${writeInstant(to)}.`];
}

function noNode(wanted: string, names: readonly string[]): readonly string[] {
  if (names.some(placeNameTest(wanted))) return [];
  if (names.length === 0) return [`node:${wanted} matches nothing: no node that is searched has a known name.`];
  const near = nearest(wanted, names, NAMED_MAX);
  const told = near.length > 0 ? near : names.slice(0, NAMED_MAX);
  const more = names.length - told.length;
  const which = near.length > 0 ? `did you mean ${near.join(', or ')}?` : `there are ${told.join(', ')}`;
  const rest = near.length > 0 ? '' : more > 0 ? ` and ${more} more.` : '.';
  return [`No node that is searched has the name ${shown(wanted)}: ${which}${rest}`];
}
