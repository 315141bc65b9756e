/**
 * The entries of a journal file in their order: through the chain of entry arrays as far as it is sound, then, when it
 * breaks or gives fewer entries than the header counts, object by object behind the last good entry. journald only
 * ever appends, so the order of offsets is the order of entries.
 */
import { type EntryObject, type JournalFile, OBJECT_HEADER_BYTES, OBJECT_TYPE } from './journal-file.ts';

export interface WalkEnd {
  readonly found: number;
  /** Entries that should be there and were not found. */
  readonly missing: number;
  /** Clauses that say why, each once. */
  readonly why: readonly string[];
}

/** Every entry that can be reached, once, at rising offsets: objects do not overlap, so the work is linear. */
export function* walkEntries(file: JournalFile): Generator<EntryObject, WalkEnd> {
  const walk = new Walk(file);
  const why: string[] = [];
  const broken = yield* walk.arrays();
  if (broken !== null) why.push(broken);
  const expected = file.header.entries;
  const behind = walk.found < (expected ?? 0);
  if (broken !== null || behind || file.header.state === 'online') yield* walk.objects(file.length);
  if (walk.bad > 0) why.push('its index points to places where no entry is');
  if (walk.gaps > 0) why.push('objects are damaged, and entries were looked for behind them');
  const missing = expected === null ? walk.bad : Math.max(0, expected - walk.found);
  if (missing > 0 && why.length === 0) why.push('entries that its header counts are not there');
  return { found: walk.found, missing, why };
}

class Walk {
  found = 0;
  /** Places in the arrays where an entry should have been. */
  bad = 0;
  /** Runs of bytes that were passed over to find an entry. */
  gaps = 0;
  /** Offset behind the last entry. */
  #end: number;
  readonly #file: JournalFile;

  constructor(file: JournalFile) {
    this.#file = file;
    this.#end = file.header.headerBytes;
  }

  #take(entry: EntryObject): EntryObject {
    this.#end = entry.end;
    this.found++;
    return entry;
  }

  /** Follows the chain. @returns what is wrong with it, null when it ends as it should. */
  *arrays(): Generator<EntryObject, string | null> {
    const file = this.#file;
    let arrayEnd = 0;
    for (let offset = file.header.entryArray; offset !== 0; ) {
      const array = offset < arrayEnd ? null : file.entryArrayAt(offset);
      if (array === null) return this.#isCut(offset) ? CUT : 'its index is damaged';
      let hole = false;
      for (let index = 0; index < array.items; index++) {
        const at = file.arrayItem(array, index);
        if (at === 0) return null;
        const entry = at < this.#end ? null : file.entryAt(at);
        if (entry === null) {
          if (this.#isCut(at)) return CUT;
          if (++this.bad > BAD_PLACES_MAX) return 'its index is damaged';
          hole = true;
          continue;
        }
        if (hole) yield* this.objects(at);
        hole = false;
        yield this.#take(entry);
      }
      arrayEnd = array.end;
      offset = array.next;
    }
    return null;
  }

  /** Whether something should be there, and the file ends before. */
  #isCut(offset: number): boolean {
    const { fileBytes } = this.#file.header;
    return offset >= this.#file.length && offset % 8 === 0 && fileBytes !== null && offset < fileBytes;
  }

  /** Object by object from the last entry up to `limit`; where none is, an entry is looked for at every 8 bytes. */
  *objects(limit: number): Generator<EntryObject> {
    const file = this.#file;
    let lost = false;
    for (let offset = this.#end; offset + OBJECT_HEADER_BYTES <= limit; ) {
      const entry = file.bytes[offset] === OBJECT_TYPE.entry ? file.entryAt(offset) : null;
      if (entry !== null && entry.end <= limit && (!lost || isLikely(file, entry))) {
        if (lost) this.gaps++;
        lost = false;
        yield this.#take(entry);
        offset = entry.end;
        continue;
      }
      const next: number | null = lost ? null : file.behind(offset);
      // A size that is wrong would lead into the middle of something: only what leads to an object is believed.
      lost = next === null || !file.leadsOn(next);
      offset = lost || next === null ? offset + 8 : next;
    }
  }
}

/** So many wrong places are no index: the objects themselves tell sooner. */
const BAD_PLACES_MAX = 10_000;

const CUT = 'the file is cut off';

/** Year 2000 and 2100 in µs: bytes that merely look like an entry have other times. */
const TIME_MIN = 946_684_800e6;
const TIME_MAX = 4_102_444_800e6;

/** Whether what was found in the middle of something is an entry: its time can be, and its first data is data. */
function isLikely(file: JournalFile, entry: EntryObject): boolean {
  if (entry.realtimeUs < TIME_MIN || entry.realtimeUs > TIME_MAX) return false;
  return file.sizeAt(file.entryItem(entry, 0), OBJECT_TYPE.data) > 0;
}
