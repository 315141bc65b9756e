/** Takes one member after the other: hashes it, decides by its first bytes what it is, and writes its text as UTF-8. */
import { isAscii } from 'node:buffer';
import { createHash, type Hash, hash } from 'node:crypto';
import { lz4Object, xzObject, zstdObject } from '../archive/journal-codecs.ts';
import type { BundleWriter } from '../core/case-writer.ts';
import { FileId } from '../core/ids.ts';
import { JOURNAL_BYTES_MAX, SNIFF_BYTES } from '../core/limits.ts';
import { oneOfEquals } from '../core/one-of-equals.ts';
import type { FileCoverage, Gap } from '../core/vocabulary.ts';
import { type Intake, intakeOf } from '../formats/intake.ts';
import { type JournalEnd, journalText } from '../formats/journal-text.ts';
import { LateEncoding } from '../formats/late-encoding.ts';
import { LINE_SEVERITY } from '../formats/severity.ts';
import { Transcoder } from '../formats/transcoder.ts';
import { type ContentSigns, contentSigns } from '../layouts/content-signs.ts';
import { DAY_MS } from '../time/calendar.ts';
import { FIRST_PLAUSIBLE_TIME } from '../time/stored-time.ts';

const JOURNAL_CODECS = { xz: xzObject, lz4: lz4Object, zstd: zstdObject };

/** What is known of a member once it has ended. */
export interface TakenFile {
  readonly id: FileId;
  readonly path: string;
  /** Milliseconds since 1970, or null when the archive says none, or one that cannot be. */
  readonly modified: number | null;
  readonly bytes: number;
  /** In hex, of its bytes as archived. */
  readonly sha256: string;
  /** First SNIFF_BYTES of its text (of its bytes, when it is binary); SHORT_HEAD_BYTES behind the first WHOLE_HEADS files. */
  readonly head: Uint8Array;
  /** Of a file with a short head: what SNIFF_BYTES of it told, so that this does not depend on its place in the archive. */
  readonly signs: ContentSigns | null;
  /** Last bytes of its text, TAIL_BYTES at most; none behind the first WHOLE_HEADS files. */
  readonly tail: Uint8Array;
  readonly kind: Intake['kind'];
  readonly encoding: string;
  readonly coverage: FileCoverage;
  readonly aliasOf: FileId | null;
  readonly yearReference: number;
}

export interface MemberIntakeOptions {
  readonly writer: BundleWriter;
  /** When the bundle was collected by its name, in ms since 1970, or null. */
  readonly collectedAt: number | null;
  /** Stands in when neither the bundle's name nor the member says a year. */
  readonly now: number;
  readonly onGap: (gap: Gap) => void;
}

/** Where the bytes of the open member go once its first ones have told what it is. */
interface Route {
  /** Looks at the chunk before it returns, not later. A promise when much is handed on at once: to be waited for before more is written. */
  write(chunk: Uint8Array): Promise<void> | void;
  end(): Promise<void> | void;
}

interface OpenMember {
  readonly id: FileId;
  readonly path: string;
  readonly modified: number | null;
  readonly yearReference: number;
  /** Null until it is longer than what decides. */
  hash: Hash | null;
  bytes: number;
  readonly keeps: 'head-and-tail' | 'short-head';
  /** In memory that the next file uses again. */
  head: Uint8Array;
  /** The end of its text so far, TAIL_BYTES at least of a longer one; nothing when no tail is kept. */
  lastText: Uint8Array;
  intake: Intake | null;
  encoding: string;
  route: Route | null;
  /** Set by the journal's route when the file could not be read as one. */
  kind: Intake['kind'];
}

/** Whole heads are kept for this many members; of the rest enough to find a host name, and what the whole head told. */
const WHOLE_HEADS = 2_000;
const SHORT_HEAD_BYTES = 512;

/** Enough for the last lines of a log, which tell how it stands to the collection time. */
const TAIL_BYTES = 4 * 1024;

export class MemberIntake {
  readonly #options: MemberIntakeOptions;
  readonly #firstByHash = new Map<string, FileId>();
  #open: OpenMember | null = null;
  #files = 0;
  /** The first bytes of the open member, until there are enough to decide what it is: the same memory for each. */
  readonly #first = Buffer.alloc(SNIFF_BYTES);
  #begun = 0;
  /** The head of the open member. */
  readonly #head = Buffer.alloc(SNIFF_BYTES);
  readonly #signs = new Map<string, ContentSigns>();

  constructor(options: MemberIntakeOptions) {
    this.#options = options;
  }

  get files(): number {
    return this.#files;
  }

  start(path: string, modified: number | null): void {
    this.#files += 1;
    this.#begun = 0;
    const { now } = this.#options;
    // A clock that runs ahead wrote it: the bundle was not collected then.
    const plausible = modified !== null && modified >= FIRST_PLAUSIBLE_TIME && modified <= now + DAY_MS;
    const known = plausible ? modified : null;
    this.#open = {
      id: FileId.parse(this.#files),
      path,
      modified: known,
      yearReference: this.#options.collectedAt ?? known ?? now,
      hash: null,
      bytes: 0,
      keeps: this.#files <= WHOLE_HEADS ? 'head-and-tail' : 'short-head',
      head: NOTHING,
      lastText: NOTHING,
      intake: null,
      encoding: 'utf-8',
      route: null,
      kind: 'text',
    };
  }

  /** @param chunk not looked at afterwards. @returns a promise when it has to be waited for. */
  write(chunk: Uint8Array): Promise<void> | void {
    const member = this.#opened();
    member.bytes += chunk.length;
    if (member.route !== null) {
      member.hash?.update(chunk);
      return member.route.write(chunk);
    }
    const begun = this.#begun;
    if (begun + chunk.length < SNIFF_BYTES) {
      this.#first.set(chunk, begun);
      this.#begun += chunk.length;
      return;
    }
    const start = begun === 0 ? chunk : Buffer.concat([this.#first.subarray(0, begun), chunk]);
    member.hash = createHash('sha256').update(start);
    return this.#decide(member, start);
  }

  async end(end: 'whole' | 'cut'): Promise<TakenFile> {
    const member = this.#opened();
    const all = this.#first.subarray(0, this.#begun);
    if (member.intake === null) await this.#decide(member, all);
    await member.route?.end();
    // Of a small file at once: making an object for it takes longer than the hash.
    const sha256 = member.hash?.digest('hex') ?? hash('sha256', all, 'hex');
    const original = this.#original(member, sha256);
    if (original !== null) this.#options.writer.takeBack();
    this.#open = null;
    const { id, path, modified, bytes, yearReference, kind, encoding } = member;
    return {
      id,
      path,
      modified,
      bytes,
      sha256,
      head:
        member.keeps === 'short-head'
          ? Buffer.from(member.head.subarray(0, SHORT_HEAD_BYTES))
          : new Uint8Array(member.head),
      signs: member.keeps === 'short-head' ? this.#signsOf(member) : null,
      tail: member.lastText.length === 0 ? NOTHING : new Uint8Array(member.lastText.subarray(-TAIL_BYTES)),
      kind,
      encoding,
      coverage: coverageOf(member, end),
      aliasOf: original,
      yearReference,
    };
  }

  #original(member: OpenMember, sha256: string): FileId | null {
    if (member.bytes === 0) return null;
    const first = this.#firstByHash.get(sha256);
    if (first === undefined) this.#firstByHash.set(sha256, member.id);
    return first ?? null;
  }

  #signsOf({ head, kind }: OpenMember): ContentSigns {
    const signs = contentSigns(head, kind);
    return oneOfEquals(this.#signs, JSON.stringify(signs), signs);
  }

  #headOf(start: Uint8Array): Uint8Array {
    const length = Math.min(start.length, SNIFF_BYTES);
    this.#head.set(start.subarray(0, length));
    return this.#head.subarray(0, length);
  }

  #opened(): OpenMember {
    if (this.#open === null) throw new Error('no member has been started');
    return this.#open;
  }

  /** @param start its first bytes. */
  #decide(member: OpenMember, start: Uint8Array): Promise<void> | void {
    const intake = intakeOf(start.subarray(0, SNIFF_BYTES));
    member.intake = intake;
    member.kind = intake.kind;
    member.head = this.#headOf(start);
    member.encoding = intake.encoding;
    member.route = this.#routeOf(member, intake, start);
    if (start.length > 0) return member.route.write(start);
  }

  #routeOf(member: OpenMember, { kind, encoding }: Intake, start: Uint8Array): Route {
    if (kind === 'journal') return this.#journal(member);
    if (kind === 'binary') return this.#asIs(member, kind);
    if (encoding !== 'utf-8') return this.#transcoded(member, new Transcoder(encoding));
    // Of a shorter file everything was looked at.
    const isOpen = start.length >= SNIFF_BYTES && isAscii(member.head);
    return isOpen ? this.#transcoded(member, new LateEncoding()) : this.#asIs(member, kind);
  }

  #asIs(member: OpenMember, kind: 'text' | 'binary'): Route {
    const { writer } = this.#options;
    writer.startFile({ id: member.id, kind, yearReference: member.yearReference });
    const write = (chunk: Uint8Array) => {
      writer.write(chunk);
      if (member.keeps === 'short-head') return;
      const short = chunk.length < TAIL_BYTES;
      member.lastText = short
        ? Buffer.concat([member.lastText.subarray(-TAIL_BYTES), chunk])
        : new Uint8Array(chunk.subarray(-TAIL_BYTES));
    };
    return { write, end: () => this.#endText(member) };
  }

  #transcoded(member: OpenMember, transcoder: Transcoder | LateEncoding): Route {
    const out = this.#asIs(member, 'text');
    let begun = false;
    const pass = (chunks: readonly Uint8Array[]) => {
      for (const chunk of chunks) {
        if (!begun) member.head = this.#headOf(chunk);
        begun = true;
        out.write(chunk);
      }
    };
    return {
      write: (chunk) => pass(transcoder.write(chunk)),
      end: () => {
        pass(transcoder.end());
        member.encoding = transcoder.encoding;
        if (transcoder.replaced > 0) {
          const message = `${transcoder.replaced} characters are not valid ${member.encoding} and were replaced`;
          this.#gap(member, 'corrupt', message);
        }
        out.end();
      },
    };
  }

  /** A journal's objects point at each other: it is read once all of it is there. */
  #journal(member: OpenMember): Route {
    let parts: Uint8Array[] = [];
    let size = 0;
    let asBytes: Route | null = null;
    const giveUp = async (why: string): Promise<Route> => {
      member.kind = 'binary';
      this.#gap(member, 'unsupported', `${why}: its entries cannot be searched`);
      const route = this.#asIs(member, 'binary');
      asBytes = route;
      for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
        route.write(part);
        await this.#options.writer.ready();
      }
      return route;
    };
    return {
      write: (chunk) => {
        if (asBytes !== null) return asBytes.write(chunk);
        parts.push(new Uint8Array(chunk));
        size += chunk.length;
        if (size <= JOURNAL_BYTES_MAX) return;
        return giveUp(`a journal of more than ${JOURNAL_BYTES_MAX / 2 ** 20} MiB`).then(() => undefined);
      },
      end: async () => {
        if (asBytes !== null) return asBytes.end();
        const whole = Buffer.concat(parts);
        parts = Array.from({ length: Math.ceil(whole.length / PIECE_BYTES) }, (_, nth) =>
          whole.subarray(nth * PIECE_BYTES, (nth + 1) * PIECE_BYTES),
        );
        const refused = await this.#journalLines(member, whole);
        if (refused !== null) await (await giveUp(refused)).end();
      },
    };
  }

  /** @returns why it was not read as a journal, null when it was. */
  async #journalLines(member: OpenMember, bytes: Uint8Array): Promise<string | null> {
    const { writer } = this.#options;
    const chunks = journalText(bytes, JOURNAL_CODECS);
    let step = chunks.next();
    if (step.done && step.value.refused !== null) return step.value.refused;
    const out = this.#asIs(member, 'text');
    member.head = step.done ? NOTHING : this.#headOf(step.value.bytes);
    for (; !step.done; step = chunks.next()) {
      for (const { byte, priority } of step.value.severe) {
        writer.mark(byte, priority <= PRIORITY_ERROR ? LINE_SEVERITY.error : LINE_SEVERITY.warning);
      }
      out.write(step.value.bytes);
      await writer.ready();
    }
    const damage = journalDamage(step.value);
    if (damage !== null) this.#gap(member, 'corrupt', damage);
    await out.end();
    return null;
  }

  #gap(member: OpenMember, kind: Gap['kind'], message: string): void {
    this.#options.onGap({ kind, weight: 'minor', message, file: member.path, byte: null });
  }

  #endText(member: OpenMember): void {
    const { splitLines } = this.#options.writer.endFile();
    if (splitLines > 0) this.#gap(member, 'limit', `a line is longer than 1 MB and was split (${splitLines} times)`);
  }
}

const NOTHING = new Uint8Array(0);

/** @returns what is wrong with a journal and how much of it could not be read, null for a sound one. */
function journalDamage({ lost, lostFields, altered, why }: JournalEnd): string | null {
  if (why.length === 0 && lost + lostFields + altered === 0) return null;
  const parts = [...why];
  if (lost + lostFields > 0 || altered === 0) {
    parts.push(`${lost} entries and ${lostFields} fields could not be read`);
  }
  if (altered > 0)
    parts.push(`${altered} of the entries that are shown have such a field, and may not read as they were logged`);
  return parts.join('; ');
}

/** Of a file in memory, handed on at once. */
const PIECE_BYTES = 1024 * 1024;

/** syslog(3): 0 emergency to 3 error; 4 is a warning. */
const PRIORITY_ERROR = 3;

function coverageOf(member: OpenMember, end: 'whole' | 'cut'): FileCoverage {
  if (end === 'cut') return 'truncated';
  if (member.bytes === 0) return 'empty';
  return member.kind === 'binary' ? 'binary' : 'read';
}
