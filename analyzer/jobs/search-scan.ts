/** Reads one chunk of a search's blocks: what is counted of all matching lines, and the first of them. */
import type { SearchMatch } from '../contract/search.ts';
import type { CarriedTime, TextBlock } from '../core/case-reader.ts';
import { LINE_LEVELS, type LineLevel } from '../core/line-level.ts';
import type { LineFacts, LineHit, LineKnowledge } from '../search/file-query.ts';
import { lineFacts } from '../search/line-facts.ts';
import { addHour, hourOf } from './search-facets.ts';
import { firstOf, NO_LINES } from './search-first.ts';
import { shownMatch } from './search-match.ts';
import type { PlannedBlock } from './search-plan.ts';
import {
  type ChunkPart,
  compareKeys,
  type FoundLine,
  type LineKey,
  type SearchAsk,
  type Tally,
} from './search-protocol.ts';
import type { SearchShared, WorkerPlace } from './search-shared.ts';
import { BLOCKS_KEPT_OF_SEARCH, type SearchTexts } from './search-texts.ts';

export interface Reading {
  readonly ask: SearchAsk;
  readonly plan: readonly PlannedBlock[];
  /** Where each chunk starts in the plan, and the end. */
  readonly starts: readonly number[];
  readonly shared: SearchShared;
  readonly place: WorkerPlace;
  readonly texts: SearchTexts;
}

/** Throws the failure of a bundle that is damaged. */
export function readChunk({ ask, plan, starts, shared, place, texts }: Reading, chunk: number): ChunkPart {
  const [from = 0, to = 0] = starts.slice(chunk, chunk + 2);
  const count = ask.tally === 'nothing' ? null : new TallyCount(ask);
  const first = new ChunkFirst(ask, shared);
  const afterwards = from < shared.workers * BLOCKS_KEPT_OF_SEARCH ? 'keep' : 'give back';
  let blocks = 0;
  let lines = 0;
  for (const planned of plan.slice(from, to)) {
    if (shared.isStopped) break;
    place.at({ bundle: planned.bundle, file: planned.source.id, line: planned.place.firstLine });
    lines += texts.read(planned.open, planned.place, afterwards, (block) => {
      const read = readLines(planned, block, ask);
      if (read.hits.length > 0) {
        count?.add(planned, read);
        first.add(planned, read);
      }
      return read.hits.length;
    });
    blocks += 1;
  }
  const next = plan[to];
  return {
    chunk,
    read: blocks === to - from ? 'whole' : 'stopped',
    blocks,
    lines,
    tally: count?.tally() ?? null,
    found: first.lines,
    next: next === undefined ? null : { when: next.when, seq: next.seq },
  };
}

/** @returns the first matching line among these of one block, as it is shown; null when there is none. */
export function readFirstLine(
  { ask, place, texts }: Pick<Reading, 'ask' | 'place' | 'texts'>,
  planned: PlannedBlock,
  from: number,
  to: number,
): SearchMatch | null {
  place.at({ bundle: planned.bundle, file: planned.source.id, line: planned.place.firstLine });
  return texts.read(planned.open, planned.place, 'keep', (block) => {
    const known = new BlockKnowledge(planned);
    const hit = planned.query.scan(block, known).find(({ line }) => line >= from && line <= to);
    if (hit === undefined) return null;
    const { times, levels } = lineFacts(block, [hit], planned.source.clock, known);
    return shownMatch(planned, block, hit, { time: times[0] ?? Number.NaN, level: levels[0] ?? 0 }, ask);
  });
}

interface ReadBlock {
  readonly block: TextBlock;
  readonly known: LineKnowledge;
  readonly hits: readonly LineHit[];
  /** null: nobody needs them of all lines. */
  readonly facts: LineFacts | null;
}

function readLines(planned: PlannedBlock, block: TextBlock, ask: SearchAsk): ReadBlock {
  const known = new BlockKnowledge(planned);
  const hits = planned.query.scan(block, known);
  const facts =
    hits.length > 0 && (ask.tally === 'facets' || ask.order === 'time')
      ? lineFacts(block, hits, planned.source.clock, known)
      : null;
  const read = { block, known, hits, facts };
  return ask.behind === null ? read : behindOnly(planned, read, ask);
}

function behindOnly(planned: PlannedBlock, read: ReadBlock, ask: SearchAsk): ReadBlock {
  const { hits, facts } = read;
  const kept = [...hits.keys()].filter((at) =>
    isBehind(planned, (hits[at] as LineHit).line, whenOf(ask, facts?.times[at]), ask),
  );
  if (kept.length === hits.length) return read;
  const times = facts === null ? null : Float64Array.from(kept, (at) => facts.times[at] as number);
  const levels = facts === null ? null : Uint8Array.from(kept, (at) => facts.levels[at] as number);
  return {
    ...read,
    hits: kept.map((at) => hits[at] as LineHit),
    facts: times === null || levels === null ? null : { times, levels },
  };
}

/** @param time instant, NaN: none. */
function whenOf({ order }: SearchAsk, time = Number.NaN): number {
  if (order !== 'time') return 0;
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

function isBehind({ bundle, source }: PlannedBlock, line: number, when: number, { behind, order }: SearchAsk): boolean {
  if (behind === null) return true;
  const inFileOrder = bundle - behind.bundle || source.id - behind.file || line - behind.line;
  if (order === 'backwards') return inFileOrder < 0;
  // Two lines without an instant: Infinity less Infinity is NaN.
  return (when - behind.when || inFileOrder) > 0;
}

/** What a block does not tell itself is read when it is asked for: most blocks begin with a stamp. */
class BlockKnowledge implements LineKnowledge {
  readonly cited: (line: number) => boolean;
  readonly #planned: PlannedBlock;
  #carried: CarriedTime | null | undefined;
  #levels: ReadonlyMap<number, LineLevel> | null | undefined;

  constructor(planned: PlannedBlock) {
    this.#planned = planned;
    this.cited = planned.cited;
  }

  get carried(): CarriedTime | null {
    const { open, place } = this.#planned;
    if (this.#carried === undefined) this.#carried = open.reader.carriedInto(place);
    return this.#carried;
  }

  get levels(): ReadonlyMap<number, LineLevel> | null {
    const { open, place } = this.#planned;
    if (this.#levels === undefined) {
      this.#levels = open.reader.severitiesOf(place.fileId, place.firstLine, place.lines);
    }
    return this.#levels;
  }
}

/** The first lines of a chunk in the order of the search, no more than could be among the first of all. */
class ChunkFirst {
  readonly #ask: SearchAsk;
  readonly #shared: SearchShared;
  #first = NO_LINES;

  constructor(ask: SearchAsk, shared: SearchShared) {
    this.#ask = ask;
    this.#shared = shared;
  }

  get lines(): readonly FoundLine[] {
    return this.#first.lines;
  }

  add(planned: PlannedBlock, read: ReadBlock): void {
    const { first, order } = this.#ask;
    const full = this.#first.full === 'yes';
    // In the order of files whatever comes later stands later.
    if (this.#shared.isPageFull || first === 0 || (full && order !== 'time')) return;
    const last = full ? (this.#first.lines.at(-1)?.when ?? 0) : Number.POSITIVE_INFINITY;
    const latest = Math.min(this.#shared.latest, last);
    const fresh = this.#candidates(read.hits.length)
      .map((index) => ({ index, ...this.#keyOf(planned, read, index) }))
      .filter(({ when }) => when <= latest)
      .sort(compareKeys)
      .slice(0, first)
      .map((key) => this.#foundLine(planned, read, key));
    if (fresh.length > 0) this.#first = firstOf(this.#first, fresh, first);
  }

  /** Places of those hits of a block that can be among the first; in the order of time any can. */
  #candidates(hits: number): readonly number[] {
    const { first, order } = this.#ask;
    const count = order === 'time' ? hits : Math.min(first, hits);
    const from = order === 'backwards' ? hits - count : 0;
    return Array.from({ length: count }, (_, nth) => from + nth);
  }

  #keyOf({ seq }: PlannedBlock, { hits, facts }: ReadBlock, index: number): LineKey {
    const { line } = hits[index] as LineHit;
    return {
      when: whenOf(this.#ask, facts?.times[index]),
      seq,
      nth: this.#ask.order === 'backwards' ? -line : line,
    };
  }

  #foundLine(
    planned: PlannedBlock,
    { block, known, hits, facts }: ReadBlock,
    { index, when, seq, nth }: LineKey & { readonly index: number },
  ): FoundLine {
    const { start, end } = hits[index] as LineHit;
    // In the order of time they are far from ascending: the number is not counted again.
    const hit = { line: Math.abs(nth), start, end };
    const own = facts === null ? lineFacts(block, [hit], planned.source.clock, known) : null;
    const time = (facts?.times[index] ?? own?.times[0]) as number;
    const level = (facts?.levels[index] ?? own?.levels[0]) as number;
    const shown = shownMatch(planned, block, hit, { time, level }, this.#ask);
    return { when, seq, nth, bundle: planned.bundle, file: planned.source.id, line: hit.line, shown };
  }
}

class TallyCount {
  readonly #ask: SearchAsk;
  readonly #files = new Map<PlannedBlock['query'], { readonly planned: PlannedBlock; count: number }>();
  readonly #levels = LINE_LEVELS.map(() => 0);
  readonly #hours = new Map<number | null, number>();
  readonly #parts: number[];

  constructor(ask: SearchAsk) {
    this.#ask = ask;
    const { tally } = ask;
    this.#parts = typeof tally === 'object' ? Array.from({ length: tally.parts }, () => 0) : [];
  }

  add(planned: PlannedBlock, { hits, facts }: ReadBlock): void {
    const file = this.#files.get(planned.query);
    if (file === undefined) this.#files.set(planned.query, { planned, count: hits.length });
    else file.count += hits.length;
    if (facts !== null) this.#addFacts(facts);
    if (this.#parts.length > 0) this.#addParts(planned, hits);
  }

  tally(): Tally {
    const files = [...this.#files.values()].map(({ planned: { bundle, source }, count }) => ({
      bundle,
      file: source.id,
      path: source.path,
      count,
    }));
    return { files, levels: this.#levels, hours: [...this.#hours], parts: this.#parts };
  }

  /** Neighbouring lines are mostly of one hour: they are counted together. */
  #addFacts({ times, levels }: LineFacts): void {
    if (this.#ask.tally !== 'facets') return;
    let hour: number | null = null;
    let count = 0;
    for (let index = 0; index < times.length; index++) {
      const level = levels[index] as number;
      this.#levels[level] = (this.#levels[level] as number) + 1;
      const own = hourOf(times[index] as number);
      if (own !== hour) {
        if (count > 0) addHour(this.#hours, hour, count);
        hour = own;
        count = 0;
      }
      count += 1;
    }
    if (count > 0) addHour(this.#hours, hour, count);
  }

  #addParts({ source }: PlannedBlock, hits: readonly LineHit[]): void {
    for (const { line } of hits) {
      const part = Math.min(this.#parts.length - 1, Math.floor(((line - 1) * this.#parts.length) / source.lines));
      this.#parts[part] = (this.#parts[part] as number) + 1;
    }
  }
}
