/** What a search reads, and in which order: the same list in every worker, because all read the same sealed bundles. */
import type { BlockPlace } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { QueryNode } from '../query/query.ts';
import type { CompiledQuery, FileQuery } from '../search/file-query.ts';
import type { OpenBundle } from './search-bundles.ts';
import { CitedFiles } from './search-cited.ts';
import type { LineKey, SearchAsk } from './search-protocol.ts';

/** A block that may hold matching lines. */
export interface PlannedBlock extends Pick<LineKey, 'when' | 'seq'> {
  /** Place in `SearchAsk.bundles`. */
  readonly bundle: number;
  readonly open: OpenBundle;
  readonly source: SourceFile;
  readonly query: FileQuery;
  readonly place: BlockPlace;
  readonly cited: (line: number) => boolean;
}

/** @param bundles those of `ask.bundles`, opened. @returns blocks in the order in which they are read. */
export function planSearch(
  ask: SearchAsk,
  bundles: readonly OpenBundle[],
  compiled: CompiledQuery,
): readonly PlannedBlock[] {
  const cited = new CitedFiles(ask.cited, bundles);
  const onlyCited = asksForFindings(ask.query);
  const found = bundles.flatMap((open, bundle) => candidatesOf(ask, open, bundle, compiled, cited));
  const wanted = found
    .filter(({ bundle, place }) => !onlyCited || cited.holds(bundle, place))
    .filter((block) => isBehind(ask, block));
  if (ask.order === 'backwards') wanted.reverse();
  const planned = wanted.map((block, seq) => ({ ...block, seq, when: startOf(ask, block.place) }));
  // Array.prototype.sort is stable: blocks that start at one instant stay in file order.
  return ask.order === 'time' ? planned.sort((one, other) => one.when - other.when || 0) : planned;
}

type Candidate = Omit<PlannedBlock, 'when' | 'seq'>;

function candidatesOf(
  ask: SearchAsk,
  open: OpenBundle,
  bundle: number,
  compiled: CompiledQuery,
  cited: CitedFiles,
): readonly Candidate[] {
  const { reader } = open;
  const queries = new Map<FileId, Omit<Candidate, 'place'> | null>();
  const ofFile = (id: FileId): Omit<Candidate, 'place'> | null => {
    const known = queries.get(id);
    if (known !== undefined) return known;
    const source = reader.file(id);
    const query = source === null ? null : compiled.forFile(placeOf(open, source));
    const made =
      source === null || query === null ? null : { bundle, open, source, query, cited: cited.linesOf(bundle, id) };
    queries.set(id, made);
    return made;
  };
  const files = ask.file === null ? undefined : new Set([ask.file]);
  return reader.candidates(compiled.wanted, files).flatMap((place) => {
    const file = ofFile(place.fileId);
    return file?.query.mayMatch(place) ? [{ ...file, place }] : [];
  });
}

function placeOf(open: OpenBundle, source: SourceFile) {
  return {
    node: open.reader.bundle.node,
    paths: [source.path, ...open.aliasesOf(source)],
    role: source.role,
    format: source.format,
    clock: source.clock,
  };
}

/** @returns false when all lines of the block come before those that are wanted. */
function isBehind({ behind, order }: SearchAsk, { bundle, place }: Candidate): boolean {
  if (behind === null) return true;
  const where = bundle - behind.bundle || place.fileId - behind.file;
  const inPlace = where === 0;
  if (order === 'backwards') return where < 0 || (inPlace && place.firstLine < behind.line);
  const fileOrder = where > 0 || (inPlace && place.firstLine + place.lines - 1 > behind.line);
  if (order === 'file') return fileOrder;
  // Any block may hold lines without an instant, which come last.
  return behind.when !== Number.POSITIVE_INFINITY || fileOrder;
}

/** @returns no line that is wanted of the block comes before this. */
function startOf({ behind, order }: SearchAsk, { timeMin, timeMax }: BlockPlace): number {
  if (order !== 'time') return 0;
  if (timeMin === null || timeMax === null) return Number.POSITIVE_INFINITY;
  return behind !== null && timeMax < behind.when ? Number.POSITIVE_INFINITY : timeMin;
}

/** @returns true when the query matches only lines that are evidence of a finding. */
function asksForFindings(query: QueryNode): boolean {
  if (query.kind === 'all') return query.parts.some(asksForFindings);
  if (query.kind === 'any') return query.parts.every(asksForFindings);
  return query.kind === 'finding';
}
