/** Why no line can match a query, or a part of it, whatever the archives hold: nobody should take a zero for an answer then. */
import { nearest } from '../core/nearest.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { isPlainName, placeNameTest } from './place-name.ts';
import type { PlaceTerm, QueryNode, TimeTerm } from './query.ts';
import { writeInstant } from './values.ts';
import { shown } from './wrong.ts';

/** Names in a sentence before it says how many more there are. */
const NAMED_MAX = 3;

/** What is searched, as far as it is known. */
export interface SearchedNames {
  /** Null for one whose name is not known. */
  readonly nodes: readonly (string | null)[];
  /** Null: not known. */
  readonly files: readonly Pick<SourceFile, 'path' | 'role' | 'format'>[] | null;
}

/** @returns a sentence for each such part, in the order of the query; each once. */
export function cannotMatch(query: QueryNode, searched: SearchedNames): readonly string[] {
  return [...new Set(reasonsOf(query, searched))];
}

/** @returns whether a part of the query is about names of files, or kinds of them. */
export function asksForFiles(query: QueryNode): boolean {
  if (query.kind === 'all' || query.kind === 'any') return query.parts.some(asksForFiles);
  if (query.kind === 'not') return asksForFiles(query.part);
  return query.kind === 'place' && query.field !== 'node';
}

function reasonsOf(query: QueryNode, searched: SearchedNames): readonly string[] {
  switch (query.kind) {
    case 'all':
      return [...noTime(query.parts), ...query.parts.flatMap((part) => reasonsOf(part, searched))];
    case 'any':
      return query.parts.flatMap((part) => reasonsOf(part, searched));
    case 'not':
      return reasonsOf(query.part, searched);
    case 'place':
      return noPlace(query, searched);
    default:
      return [];
  }
}

function noPlace({ field, name }: PlaceTerm, { nodes, files }: SearchedNames): readonly string[] {
  if (field === 'node') return nodes.length === 0 ? [] : noNode(name, distinct(nodes.flatMap((node) => node ?? [])));
  if (files === null || files.length === 0) return [];
  return field === 'file'
    ? noFile(name, distinct(files.map(({ path }) => path)))
    : noSource(name, distinct(files.flatMap(({ role, format }) => [role, format])));
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
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
  return [`No node that is searched has the name ${shown(wanted)}: ${didYouMean(wanted, names) ?? thereAre(names)}`];
}

function noFile(wanted: string, paths: readonly string[]): readonly string[] {
  if (paths.some(placeNameTest(wanted))) return [];
  const near = didYouMean(wanted, paths);
  const sentence = `No file that is searched has ${isPlainName(wanted) ? '' : 'a path that fits '}${shown(wanted)}`;
  return [`${sentence}${isPlainName(wanted) ? ' in its path' : ''}${near === null ? '.' : `: ${near}`}`];
}

/** @param kinds roles and formats. */
function noSource(wanted: string, kinds: readonly string[]): readonly string[] {
  if (kinds.some(placeNameTest(wanted))) return [];
  const sorted = kinds.toSorted();
  return [
    `No file that is searched is of the kind ${shown(wanted)}: ${didYouMean(wanted, sorted) ?? thereAre(sorted)}`,
  ];
}

function didYouMean(wanted: string, names: readonly string[]): string | null {
  const near = nearest(wanted, names, NAMED_MAX);
  return near.length === 0 ? null : `did you mean ${near.join(', or ')}?`;
}

function thereAre(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, NAMED_MAX).join(', ')}${more > 0 ? ` and ${more} more.` : '.'}`;
}
