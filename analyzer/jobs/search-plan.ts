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

/**
 * @param bundles those of `ask.bundles`, opened. @param goOn is called for each file, and may throw to end it.
 * @returns blocks in the order in which they are read.
 */
export function planSearch(
  ask: SearchAsk,
  bundles: readonly OpenBundle[],
  compiled: CompiledQuery,
  goOn: () => void,
): readonly PlannedBlock[] {
  const cited = new CitedFiles(ask.cited, bundles);
  const onlyCited = asksForFindings(ask.query);
  const wanted: Candidate[] = [];
  for (const [bundle, open] of bundles.entries()) {
    for (const block of candidatesOf(ask, open, bundle, compiled, cited, goOn)) {
      if ((!onlyCited || cited.holds(bundle, block.place)) && isBehind(ask, block)) wanted.push(block);
    }
  }
  if (ask.order === 'backwards') wanted.reverse();
  const planned = wanted.map((block, seq) => plannedBlock(block, seq, startOf(ask, block.place)));
  // Array.prototype.sort is stable: blocks that start at one instant stay in file order.
  return ask.order === 'time' ? planned.sort((one, other) => one.when - other.when || 0) : planned;
}

/** Without a spread: a search of a common word plans every block, and waits for it. */
function plannedBlock(
  { bundle, open, source, query, place, cited }: Candidate,
  seq: number,
  when: number,
): PlannedBlock {
  return { bundle, open, source, query, place, cited, seq, when };
}

type Candidate = Omit<PlannedBlock, 'when' | 'seq'>;
type PlannedFile = Pick<PlannedBlock, 'source' | 'query' | 'cited'>;

function candidatesOf(
  ask: SearchAsk,
  open: OpenBundle,
  bundle: number,
  compiled: CompiledQuery,
  cited: CitedFiles,
  goOn: () => void,
): readonly Candidate[] {
  const { reader } = open;
  const queries = new Map<FileId, PlannedFile | null>();
  const ofFile = (id: FileId): PlannedFile | null => {
    const known = queries.get(id);
    if (known !== undefined) return known;
    goOn();
    const source = reader.file(id);
    const query = source === null ? null : compiled.forFile(placeOf(open, source));
    const made = source === null || query === null ? null : { source, query, cited: cited.linesOf(bundle, id) };
    queries.set(id, made);
    return made;
  };
  const files = ask.file === null ? undefined : new Set([ask.file]);
  const found: Candidate[] = [];
  for (const place of reader.candidates(compiled.wanted, files)) {
    const file = ofFile(place.fileId);
    if (file === null || !file.query.mayMatch(place)) continue;
    const { source, query, cited: citedLines } = file;
    found.push({ bundle, open, source, query, cited: citedLines, place });
  }
  return found;
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
