/**
 * tar members from a stream of bytes. Every byte of the stream is looked at once, in order, without waiting for
 * anything but the next chunk, so that no header can make it hang; a damaged header costs its member and no more.
 */
import { grouped } from '../core/grouped.ts';
import { NAME_CHARS_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { release } from './lent-memory.ts';
import {
  type Admission,
  type ArchivePart,
  type BytesEnd,
  type MembersEnd,
  memberLabel,
  somethingElse,
} from './member.ts';
import { BLOCK, hasChecksum, magicOf, onlyNuls, readHeader, readPax, type TarHeader } from './tar-header.ts';

/** True when the first 512 bytes are a tar header: the checksum field holds the sum of the others. */
export function looksLikeTar(head: Uint8Array): boolean {
  return hasChecksum(head);
}

/** An extended header holds names and numbers; one that is larger is not kept in memory. */
const EXTENSION_BYTES_MAX = 1024 * 1024;
const SLASH = 0x2f;
/** Bytes of a name that are decoded: enough for NAME_CHARS_MAX characters of any script. */
const NAME_BYTES_MAX = 4 * NAME_CHARS_MAX;

/**
 * @param chunks unpacked tar bytes. @param ended how they ended, asked once they have.
 * @returns member parts in archive order; the return value tells damage.
 * Never throws for bad data. Behind a damaged header it goes on with the next block that is a header.
 */
export async function* untar(
  chunks: AsyncIterable<Uint8Array>,
  admit: Admission,
  ended: () => BytesEnd = () => 'whole',
): AsyncGenerator<ArchivePart, MembersEnd> {
  const reader = new TarReader(admit);
  for await (const chunk of chunks) {
    yield* reader.feed(chunk);
    if (reader.isFull) break;
  }
  return yield* reader.end(ended());
}

/** What is known of the next member before its header: from pax and GNU extensions. */
interface Extensions {
  path: Buffer | null;
  link: Buffer | null;
  size: number | null;
  sparse: 'yes' | 'no';
}

const NO_EXTENSIONS: Extensions = { path: null, link: null, size: null, sparse: 'no' };

type Mode =
  | { readonly at: 'header' }
  /** Bytes of a member that is kept, `left` of them still to come. */
  | { readonly at: 'body'; readonly path: string; readonly size: number; left: number; readonly padding: number }
  | { readonly at: 'skip'; left: number }
  | {
      readonly at: 'extension';
      readonly type: string;
      readonly parts: Uint8Array[];
      left: number;
      readonly padding: number;
    }
  /** Blocks of a GNU sparse map stand between a header and its bytes. */
  | { readonly at: 'sparse-map'; readonly header: TarHeader }
  /** Looks for the next header behind a damaged one. */
  | { readonly at: 'lost'; readonly from: number };

class TarReader {
  readonly #block = Buffer.alloc(BLOCK);
  #filled = 0;
  #offset = 0;
  #mode: Mode = { at: 'header' };
  #next: Extensions = { ...NO_EXTENSIONS };
  /** Size that the header of a link or folder states; whether bytes follow only the next block tells. */
  #doubtful = 0;
  /** Whose it is; null for a hard link, which may come with the bytes of its target. */
  #doubtfulMember: string | null = null;
  #endMark: MembersEnd['endMark'] = 'missing';
  /** The member that was begun last, as messages show it. */
  #last: string | null = null;
  /** `unproven`: all its bytes came; the block behind them tells whether it ends there. */
  #lastEnd: 'told' | 'unproven' = 'told';
  readonly #admit: Admission;
  /** A member was not admitted; the rest of the stream is of no interest. */
  isFull = false;

  constructor(admit: Admission) {
    this.#admit = admit;
  }

  *feed(chunk: Uint8Array): Generator<ArchivePart, void> {
    for (let at = 0; at < chunk.length && !this.isFull; ) {
      const from = at;
      const mode = this.#mode;
      switch (mode.at) {
        case 'body': {
          at += Math.min(mode.left, chunk.length - at);
          mode.left -= at - from;
          yield { part: 'bytes', bytes: chunk.subarray(from, at) };
          if (mode.left === 0) {
            this.#lastEnd = 'unproven';
            this.#skip(mode.padding);
          }
          break;
        }
        case 'skip':
          at += Math.min(mode.left, chunk.length - at);
          mode.left -= at - from;
          if (mode.left === 0) this.#mode = { at: 'header' };
          break;
        case 'extension':
          at += Math.min(mode.left, chunk.length - at);
          mode.left -= at - from;
          mode.parts.push(Buffer.from(chunk.subarray(from, at)));
          if (mode.left === 0) {
            yield* this.#extend(mode.type, Buffer.concat(mode.parts));
            this.#skip(mode.padding);
          }
          break;
        default: {
          at += Math.min(BLOCK - this.#filled, chunk.length - at);
          this.#block.set(chunk.subarray(from, at), this.#filled);
          this.#filled += at - from;
          if (this.#filled === BLOCK) {
            this.#filled = 0;
            yield* this.#takeBlock(mode);
          }
        }
      }
      this.#offset += at - from;
      // The bytes of a member are released by whoever takes them.
      if (mode.at !== 'body') release(chunk.subarray(from, at));
    }
  }

  *end(how: BytesEnd): Generator<ArchivePart, MembersEnd> {
    const ended = (kind: 'truncated' | 'corrupt', message: string): MembersEnd => ({
      damage: { kind, message },
      endMark: this.#endMark,
    });
    const mode = this.#mode;
    if (this.isFull) return { damage: null, endMark: 'seen' };
    yield* this.#endMember(how === 'garbled' ? 'cut' : 'whole');
    switch (mode.at) {
      case 'body': {
        yield { part: 'member-end', end: 'cut' };
        return ended(
          'truncated',
          `member ${mode.path} ends after ${grouped(mode.size - mode.left)} of ${grouped(mode.size)} bytes`,
        );
      }
      case 'lost':
        if (this.#endMark === 'seen') {
          yield somethingElse(null, null);
          return { damage: null, endMark: 'seen' };
        }
        return ended('corrupt', `${this.#damagedHeader(mode.from)}, and nothing that follows can be read`);
      case 'header': {
        const begun = this.#block.subarray(0, this.#filled).some((byte) => byte !== 0);
        if (this.#endMark === 'missing' && (begun || how === 'garbled')) {
          return ended('truncated', `ends ${this.#behind()}`);
        }
        return { damage: null, endMark: this.#endMark };
      }
      default:
        return ended('truncated', `ends ${this.#behind()}`);
    }
  }

  *#takeBlock(mode: Mode): Generator<ArchivePart, void> {
    if (mode.at === 'sparse-map') {
      if (this.#block[504] === 0) yield* this.#takeMember(mode.header);
      return;
    }
    const empty = this.#block.every((byte) => byte === 0);
    const header = !empty && hasChecksum(this.#block) ? readHeader(this.#block) : null;
    yield* this.#endMember(empty || header !== null || magicOf(this.#block) === 'ustar' ? 'whole' : 'cut');
    // Blocks after the first two empty ones may be another archive (cat a.tar b.tar), so reading goes on.
    if (empty) {
      if (mode.at === 'header') this.#endMark = 'seen';
      this.#doubtful = 0;
      return;
    }
    if (mode.at === 'lost') {
      // Text at a multiple of 512 may add up by chance; it hardly says "ustar" as well.
      if (header === null || header.size === null || header.magic === 'none') return;
      const from = mode.from;
      const here = this.#blockOffset();
      yield this.#gap('corrupt', 'major', `${this.#damagedHeader(from)}; read on at ${grouped(here)}`);
      this.#mode = { at: 'header' };
    } else if (header === null && this.#doubtful > 0) {
      // So bytes did follow the folder or link; this block was their first.
      if (this.#doubtfulMember !== null) {
        const message = 'bytes follow it as if it were a file: they are not read';
        yield this.#gap('corrupt', 'major', message, this.#doubtfulMember);
      }
      this.#skip(roundUp(this.#doubtful) - BLOCK);
      this.#doubtful = 0;
      return;
    } else if (header === null || header.size === null) {
      this.#next = { ...NO_EXTENSIONS };
      this.#doubtful = 0;
      this.#mode = { at: 'lost', from: this.#blockOffset() };
      return;
    }
    this.#doubtful = 0;
    this.#endMark = 'missing';
    yield* this.#takeHeader(header);
  }

  /** Ends the last member, unless that was done. */
  *#endMember(end: 'whole' | 'cut'): Generator<ArchivePart, void> {
    if (this.#lastEnd === 'told') return;
    this.#lastEnd = 'told';
    yield { part: 'member-end', end };
  }

  #behind(): string {
    return this.#last === null ? 'before its first member' : `behind member ${this.#last}`;
  }

  #damagedHeader(byte: number): string {
    return `damaged header at byte ${grouped(byte)} of the unpacked archive, ${this.#behind()}`;
  }

  /** `#offset` is advanced after a chunk's piece was taken: it still stands before the last piece of the block. */
  #blockOffset(): number {
    return Math.floor(this.#offset / BLOCK) * BLOCK;
  }

  *#takeHeader(header: TarHeader): Generator<ArchivePart, void> {
    const size = header.size ?? 0;
    switch (header.type) {
      case 'x':
      case 'X':
      case 'g':
      case 'L':
      case 'K':
        if (size > EXTENSION_BYTES_MAX) {
          const message = `extended header of ${grouped(size)} bytes not read: the name of the next member may be a short one`;
          yield this.#gap('limit', 'minor', message);
          this.#skip(roundUp(size));
        } else if (size === 0) this.#mode = { at: 'header' };
        else {
          this.#mode = { at: 'extension', type: header.type, parts: [], left: size, padding: roundUp(size) - size };
        }
        return;
      // The volume's own label: nothing of it is shown.
      case 'V':
        this.#skip(roundUp(size));
        return;
      case 'S':
        if (this.#block[482] !== 0) {
          this.#mode = { at: 'sparse-map', header };
          return;
        }
    }
    yield* this.#takeMember(header);
  }

  *#takeMember(header: TarHeader): Generator<ArchivePart, void> {
    const { path: name, link, size: longSize, sparse } = this.#next;
    this.#next = { ...NO_EXTENSIONS };
    this.#mode = { at: 'header' };
    const size = longSize ?? header.size ?? 0;
    const fullName = name ?? header.name;
    const { path, shown, gap } = memberLabel(decoded(fullName));
    // Old writers mark a folder by its name only. The header of a long name may be cut behind a slash: no folder.
    const type = header.type === '0' && fullName.at(-1) === SLASH ? '5' : header.type;
    if (type !== '5' && this.#admit(path) === 'no') {
      this.isFull = true;
      return;
    }
    this.#doubtfulMember = type === '1' ? null : shown;
    if (type === '1' || type === '2') {
      this.#doubtful = size;
      const target = memberLabel(decoded(link ?? header.link)).shown;
      yield this.#gap('link', 'minor', `link to ${target} not followed`, shown);
      return;
    }
    if (type === '3' || type === '4' || type === '6') {
      this.#doubtful = size;
      const what = { 3: 'character-device', 4: 'block-device', 6: 'fifo' }[type];
      yield this.#gap('special-file', 'minor', `${what} skipped`, shown);
      return;
    }
    if (type === '5') {
      this.#doubtful = size;
      return;
    }
    if (gap !== null) yield { part: 'gap', gap };
    if (path === '') {
      this.#skip(roundUp(size));
      return;
    }
    if (type === 'S' || sparse === 'yes') {
      yield this.#gap('unsupported', 'minor', 'sparse file: read as it is stored, without its holes', shown);
    }
    yield { part: 'member', path, modified: header.modified };
    this.#last = shown;
    if (size === 0) this.#lastEnd = 'unproven';
    else this.#mode = { at: 'body', path, size, left: size, padding: roundUp(size) - size };
  }

  *#extend(type: string, body: Buffer): Generator<ArchivePart, void> {
    if (type === 'L' || type === 'K') {
      const name = untilNul(body);
      this.#next[type === 'L' ? 'path' : 'link'] = name;
      if (!onlyNuls(body, name.length)) yield this.#damagedExtension();
      return;
    }
    const pax = readPax(body);
    if (pax.read === 'part') yield this.#damagedExtension();
    // Defaults for all members: of what they say, nothing is shown.
    if (type === 'g') return;
    this.#next.path = pax.path ?? this.#next.path;
    this.#next.link = pax.link ?? this.#next.link;
    this.#next.size = pax.size ?? this.#next.size;
    if (pax.sparse === 'yes') this.#next.sparse = 'yes';
  }

  #damagedExtension(): ArchivePart {
    return this.#gap(
      'corrupt',
      'major',
      `damaged extended header ${this.#behind()}: the name of the next member may be a short one`,
    );
  }

  #skip(bytes: number): void {
    this.#mode = bytes > 0 ? { at: 'skip', left: bytes } : { at: 'header' };
  }

  #gap(kind: Gap['kind'], weight: Gap['weight'], message: string, file: string | null = null): ArchivePart {
    return { part: 'gap', gap: { kind, weight, message, file, byte: null } };
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function untilNul(body: Buffer): Buffer {
  const end = body.indexOf(0);
  return end === -1 ? body : body.subarray(0, end);
}

/** Cut before decoding: a slice of a long string keeps the whole string in memory. */
function decoded(name: Buffer): string {
  return name.toString('utf8', 0, Math.min(name.length, NAME_BYTES_MAX));
}
