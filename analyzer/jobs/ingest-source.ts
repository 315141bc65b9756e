/** The ingest pipeline: source -> members -> slabs -> roles, formats, clocks -> sealed bundle. Runs in the ingest worker. */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { ARCHIVE_LIMITS, type ArchiveLimits } from '../archive/budget.ts';
import { archiveKind, compressedKind } from '../archive/kinds.ts';
import { release } from '../archive/lent-memory.ts';
import { type OpenSource, openSource } from '../archive/source.ts';
import type { BundleSeal, SealedFile } from '../core/case-writer.ts';
import { FailureError, fail } from '../core/failure.ts';
import { type FileTotals, NO_STAMPS } from '../core/file-totals.ts';
import type { FileId } from '../core/ids.ts';
import type { JobProgress } from '../core/job.ts';
import { GAPS_LISTED_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import {
  collectionTime,
  prepareRecognition,
  type Recognised,
  type RecognisedFile,
  recogniseLayout,
} from '../layouts/recognise.ts';
import { VALUE_ROLES } from '../layouts/roles.ts';
import { SlabWriter } from '../store/bundle-writer.ts';
import { BUNDLE_SUFFIX, isLostBundle } from '../store/schema.ts';
import {
  type ClockFile,
  type ClockText,
  type InferredClock,
  inferClocks,
  sightEarly,
  type TextSightings,
} from '../time/clocks.ts';
import { distinctPaths } from './distinct-paths.ts';
import { MemberIntake, type TakenFile } from './member-intake.ts';
import { shippedLiterals } from './shipped-literals.ts';
import { SlabThreads } from './slab-threads.ts';
import type { ThreadedContext } from './task.ts';

export interface IngestTask {
  /** Absolute path of the archive, folder or file. */
  readonly source: string;
  /** The case's bundles folder. */
  readonly folder: string;
  /** Path of the partial file to build, in that folder. */
  readonly partial: string;
  /** Node name and layout id chosen by the engineer, or null. */
  readonly node: string | null;
  readonly layout: string | null;
  /** In the place of the usual ones. */
  readonly limits?: Partial<ArchiveLimits>;
}

export interface IngestOutput {
  readonly outcome: 'imported' | 'already-imported';
  readonly sha256: string;
}

const ARCHIVE_ENDINGS = 'tar|tgz|tbz2?|txz|tzst|zip';
/** Names that promise files: what has one and is text is an error page, or a pointer to the archive. `x.gz` may be a log that was unpacked on its way. */
const ARCHIVE_NAME = new RegExp(String.raw`\.(?:${ARCHIVE_ENDINGS}|tar\.\w{1,4})$`, 'i');
/** Names of what is opened, and of what one member of an archive can be. */
const PACKED_NAME = new RegExp(String.raw`\.(?:${ARCHIVE_ENDINGS}|gz|bz2|xz|zst|lz4)$`, 'i');
/** Letters of such a file that are quoted. */
const QUOTED_MAX = 60;

/**
 * The partial file is gone afterwards whatever happens, unless this thread is ended from outside.
 * Throws FailureError: `not-found`, `unreadable`, `empty`, `corrupt` (nothing readable), `disk`, `cancelled`.
 */
export async function ingestSource(task: IngestTask, context: ThreadedContext): Promise<IngestOutput> {
  // The threads load while the archive is being opened.
  const place = { partial: task.partial, folder: task.folder, flag: context.flag };
  const writer = new SlabWriter(new SlabThreads(place, shippedLiterals(), sizeOf(task.source)));
  try {
    const opened = await openSource(task.source, context.checkCancelled, { ...ARCHIVE_LIMITS, ...task.limits });
    if (!opened.ok) throw new FailureError(opened.failure);
    const source = opened.value;
    const startedAt = Date.now();
    const gaps: Gap[] = [];
    const named = collectionTime([], source.name);
    const intake = new MemberIntake({
      writer,
      collectedAt: named === null ? null : Date.parse(named),
      now: startedAt,
      onGap: (gap) => gaps.push(gap),
    });
    const progress = (phase: string): JobProgress => ({
      phase,
      bytesDone: source.progress.bytesRead,
      bytesTotal: source.bytesTotal,
      files: intake.files,
      lines: writer.lines,
      bytesPerSecond: Math.round((1000 * source.progress.bytesRead) / Math.max(1, Date.now() - startedAt)),
    });

    const files: TakenFile[] = [];
    const unpacked = new Set<string>();
    let prepared = false;
    for await (const part of source.parts) {
      context.checkCancelled();
      switch (part.part) {
        case 'member':
          intake.start(part.path, part.modified);
          if (part.was === 'packed') unpacked.add(part.path);
          break;
        case 'bytes':
          await intake.write(part.bytes);
          release(part.bytes);
          // The first slabs are stored: what reads is ahead of what stores, and has time.
          if (!prepared && writer.lines > 0) {
            prepareRecognition();
            prepared = true;
          }
          await writer.ready();
          context.report(progress('reading'));
          break;
        case 'member-end': {
          files.push(await intake.end(part.end));
          await writer.ready();
          break;
        }
        case 'gap':
          gaps.push(part.gap);
      }
    }
    context.checkCancelled();
    context.report(progress('sealing'), 'now');
    const sha256 = source.sha256() ?? manifestHash(files);
    const known = path.join(task.folder, `${sha256}${BUNDLE_SUFFIX}`);
    if (existsSync(known) && !isLostBundle(known)) {
      await writer.abandon();
      return { outcome: 'already-imported', sha256 };
    }
    refuseNothing(task, source, files, gaps);
    const stored = writer.finish();
    // Whoever waits for it hears of its failure, also when what is done meanwhile fails first.
    stored.catch(() => undefined);
    // Names and first bytes are all that this takes: the other threads store the last slabs meanwhile.
    const recognised = recogniseLayout(files, source.name, task.layout);
    const texts = clockTexts(files, recognised);
    const seen = sightEarly(texts, startedAt);
    const ingested = {
      name: source.name,
      kind: source.kind,
      files,
      unpacked,
      gaps,
      recognised,
      texts,
      seen,
      totals: await stored,
      now: startedAt,
    };
    const sealed = await writer.seal(sealOf(ingested, task, sha256));
    return { outcome: sealed === 'sealed' ? 'imported' : 'already-imported', sha256 };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** @returns 0 for a folder, and for what cannot be looked at: whoever opens it says why. */
function sizeOf(source: string): number {
  try {
    const found = statSync(source);
    return found.isFile() ? found.size : 0;
  } catch {
    return 0;
  }
}

/** Throws `empty` or `corrupt` when the source held no file at all. */
function refuseNothing(
  task: IngestTask,
  { name, kind }: OpenSource,
  files: readonly TakenFile[],
  gaps: readonly Gap[],
): void {
  if (files.length > 0) return;
  const damaged = gaps.find((gap) => gap.weight === 'major');
  if (damaged === undefined) {
    const [passedOver] = gaps;
    const instead = passedOver === undefined ? '' : `: ${passedOver.message} (${passedOver.file ?? name})`;
    throw new FailureError(
      fail(
        'empty',
        `${name} holds no files${instead}`,
        task.source,
        `Check that it is the right ${kind === 'folder' ? 'folder' : 'archive'}.`,
      ).failure,
    );
  }
  const why = `nothing in ${name} could be read: ${damaged.message}`;
  throw new FailureError(fail('corrupt', why, task.source, adviceOn(damaged)).failure);
}

/** What is not opened would not be opened the next time either. */
function adviceOn({ kind, advice }: Gap): string | null {
  if (advice !== undefined) return `${advice}.`;
  return kind === 'unsupported' ? null : 'Ask the customer to send the archive again.';
}

interface Ingested {
  readonly name: string;
  readonly kind: OpenSource['kind'];
  readonly files: readonly TakenFile[];
  /** Paths of files that were packed by themselves, and are read as what they unpack to. */
  readonly unpacked: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
  readonly recognised: Recognised;
  /** By the place of the file. */
  readonly texts: readonly ClockText[];
  /** What their text says of clocks, as far as it was looked at already. */
  readonly seen: ReadonlyMap<FileId, TextSightings>;
  readonly totals: FileTotals;
  readonly now: number;
}

function sealOf(ingested: Ingested, task: IngestTask, sha256: string): BundleSeal {
  const { name, files, recognised } = ingested;
  const clocks = inferredClocks(ingested);
  const distinct = distinctPaths(files);
  const all = [...ingested.gaps, ...contentGaps(ingested), ...nameGaps(distinct)];
  // Major gaps first, so that a flood of minor ones never pushes them off the list.
  all.sort((a, b) => (a.weight === b.weight ? 0 : a.weight === 'major' ? -1 : 1));
  return {
    sha256,
    name,
    layout: recognised.layout,
    layoutBecause: recognised.because,
    node: task.node ?? recognised.node,
    nodeBecause: task.node === null ? recognised.nodeBecause : 'given by the engineer',
    collectedAt: recognised.collectedAt,
    gaps: all.slice(0, GAPS_LISTED_MAX),
    gapsNotListed: Math.max(0, all.length - GAPS_LISTED_MAX),
    files: sealedFiles(files, recognised.files, clocks, distinct),
  };
}

function clockTexts(files: readonly TakenFile[], recognised: Recognised): readonly ClockText[] {
  return files.map((file, index) => {
    // A folded copy has the times of its original, and so what they rest on.
    const { head, tail } = original(files, file);
    return { id: file.id, path: file.path, role: recognised.files[index]?.role ?? 'other', head, tail };
  });
}

function inferredClocks(ingested: Ingested): ReadonlyMap<FileId, InferredClock> {
  const { recognised, texts } = ingested;
  const files = ingested.files.map((file, index): ClockFile => {
    const { modified, yearReference } = original(ingested.files, file);
    const text = texts[index] as ClockText;
    const stamps = VALUE_ROLES.has(text.role) ? NO_STAMPS : ingested.totals.stamps(file.aliasOf ?? file.id);
    return { ...stamps, ...text, modified, yearReference };
  });
  return inferClocks({
    bundleName: ingested.name,
    collected:
      recognised.collectedAt === null
        ? null
        : { time: Date.parse(recognised.collectedAt), said: `the collection time: ${recognised.collectedBecause}` },
    now: ingested.now,
    files,
    seen: ingested.seen,
  });
}

/** @returns the file whose text answers for this one; ids count from 1. */
function original(files: readonly TakenFile[], file: TakenFile): TakenFile {
  return (file.aliasOf === null ? undefined : files[file.aliasOf - 1]) ?? file;
}

/** One after the other: of 200,000 all at once are 30 MB. */
function* sealedFiles(
  files: readonly TakenFile[],
  recognised: readonly RecognisedFile[],
  clocks: ReadonlyMap<FileId, InferredClock>,
  distinct: ReadonlyMap<FileId, string>,
): Generator<SealedFile, void> {
  for (const [index, file] of files.entries()) {
    const sealed = sealedFile(file, recognised[index] as RecognisedFile, clocks);
    const called = distinct.get(file.id);
    yield called === undefined ? sealed : { ...sealed, path: called };
  }
}

function sealedFile(
  file: TakenFile,
  recognised: RecognisedFile,
  clocks: ReadonlyMap<FileId, InferredClock>,
): SealedFile {
  const { id, path: name, encoding, bytes, sha256, aliasOf, coverage } = file;
  const inferred = clocks.get(id);
  if (inferred === undefined) throw new Error(`no clock was inferred for ${name}`);
  return {
    id,
    path: name,
    role: recognised.role,
    because: recognised.because,
    format: recognised.format,
    encoding,
    ...inferred,
    bytes,
    sha256,
    aliasOf,
    coverage,
  };
}

function contentGaps({ name, kind: source, files, unpacked }: Ingested): readonly Gap[] {
  const found: Gap[] = [];
  const [only] = files;
  if (source === 'file' && only?.kind === 'text' && ARCHIVE_NAME.test(name)) {
    const message = `${name} is text, not the archive that its name says: it begins with "${beginning(only)}". Get the archive again`;
    found.push({ kind: 'not-a-log-archive', weight: 'major', message, file: null, byte: null });
  }
  if (files.every((file) => file.bytes === 0 || file.kind === 'binary')) {
    const message = `${name} ${withoutText(files)}, not a log archive: nothing in it can be searched`;
    found.push({ kind: 'not-a-log-archive', weight: 'major', message, file: null, byte: null });
  }
  for (const file of files) {
    if (file.kind !== 'binary' || files.length < 2) continue;
    const kind = compressedKind(file.head);
    if (kind !== null) {
      const message = `${kind} inside the archive is not opened`;
      found.push({ kind: 'unsupported', weight: 'minor', message, file: file.path, byte: null });
    } else if (PACKED_NAME.test(file.path) && !unpacked.has(file.path) && isNoArchive(file)) {
      const message = 'its name says that it is packed, its first bytes do not: it is damaged, and kept as it is';
      found.push({ kind: 'corrupt', weight: 'major', message, file: file.path, byte: null });
    }
  }
  return found;
}

function nameGaps(distinct: ReadonlyMap<FileId, string>): readonly Gap[] {
  const message = 'another file has the same name: a number is added to it here';
  return [...distinct.values()].map((file) => ({ kind: 'name', weight: 'minor', message, file, byte: null }));
}

/** Nothing but blocks of zeros, which end a tar, are an empty one. */
function isNoArchive({ path: name, head }: TakenFile): boolean {
  return archiveKind(head) === null && !(/\.tar$/i.test(name) && head.every((byte) => byte === 0));
}

function beginning({ head }: TakenFile): string {
  const [line = ''] = Buffer.from(head)
    .toString('utf8')
    .split(/[\r\n]/, 1);
  return line.length > QUOTED_MAX ? `${line.slice(0, QUOTED_MAX)}…` : line;
}

function withoutText(files: readonly TakenFile[]): string {
  const [only] = files;
  if (files.every((file) => file.bytes === 0)) {
    return files.length === 1 ? 'unpacks to nothing' : 'holds only empty files';
  }
  if (files.length > 1 || only === undefined) return 'holds only empty and binary files';
  const packed = compressedKind(only.head);
  return packed === null ? 'is a binary file' : `holds only a ${packed}, which is not opened`;
}

/** A folder has no bytes of its own: its identity is the sorted list of names, sizes and hashes of its files. */
function manifestHash(files: readonly TakenFile[]): string {
  const hash = createHash('sha256');
  const entries = files.map((file) => `${file.path}\0${file.bytes}\0${file.sha256}\n`);
  for (const entry of entries.sort()) hash.update(entry);
  return hash.digest('hex');
}
