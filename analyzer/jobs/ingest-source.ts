/** The ingest pipeline: source -> members -> blocks, events -> roles -> sealed bundle. Runs in the ingest worker. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { compressedKind } from '../archive/kinds.ts';
import { openSource } from '../archive/source.ts';
import type { SealOutcome, WrittenFile } from '../core/case-reader.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { JobProgress } from '../core/job.ts';
import { GAPS_LISTED_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { collectionTime, recogniseLayout } from '../layouts/recognise.ts';
import { looksBinary } from '../layouts/sniff.ts';
import { ScanningWriter } from '../store/bundle-writer.ts';
import { BUNDLE_SUFFIX } from '../store/schema.ts';
import { RemoteSink } from './remote-sink.ts';
import type { TaskContext } from './task.ts';

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
}

export interface IngestOutput {
  readonly outcome: 'imported' | 'already-imported';
  readonly sha256: string;
}

/** Whole heads are kept for this many members; of the rest only enough to tell a dump by its first line. */
const WHOLE_HEADS = 2_000;
const SHORT_HEAD_BYTES = 512;

/**
 * The partial file is gone afterwards whatever happens, unless this thread is ended from outside.
 * Throws FailureError: `not-found`, `unreadable`, `empty`, `corrupt` (nothing readable), `cancelled`.
 */
export async function ingestSource(task: IngestTask, context: TaskContext): Promise<IngestOutput> {
  const opened = await openSource(task.source, context.checkCancelled);
  if (!opened.ok) throw new FailureError(opened.failure);
  const source = opened.value;
  const named = collectionTime([], source.name);
  const writer = new ScanningWriter({
    sink: new RemoteSink({ partial: task.partial, folder: task.folder }),
    collectedAt: named === null ? null : Date.parse(named),
    looksBinary,
  });
  const startedAt = Date.now();
  const progress = (phase: string): JobProgress => ({
    phase,
    bytesDone: source.progress.bytesRead,
    bytesTotal: source.bytesTotal,
    files: writer.files,
    lines: writer.linesSoFar,
    bytesPerSecond: Math.round((1000 * source.progress.bytesRead) / Math.max(1, Date.now() - startedAt)),
  });

  try {
    const files: WrittenFile[] = [];
    for await (const part of source.parts) {
      context.checkCancelled();
      switch (part.part) {
        case 'member':
          writer.startFile({ path: part.path, modified: part.modified });
          break;
        case 'bytes':
          writer.write(part.bytes);
          await writer.ready();
          context.report(progress('reading'));
          break;
        case 'member-end': {
          const file = writer.endFile(part.end);
          files.push(files.length < WHOLE_HEADS ? file : shortened(file));
          await writer.ready();
          break;
        }
        case 'gap':
          writer.gaps.push(part.gap);
      }
    }
    context.checkCancelled();
    context.report(progress('sealing'), 'now');
    const sha256 = source.sha256() ?? manifestHash(files);
    if (existsSync(path.join(task.folder, `${sha256}${BUNDLE_SUFFIX}`))) {
      await writer.abandon();
      return { outcome: 'already-imported', sha256 };
    }
    const sealed = await sealBundle(task, source.name, sha256, files, writer);
    return { outcome: sealed === 'sealed' ? 'imported' : 'already-imported', sha256 };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function sealBundle(
  task: IngestTask,
  name: string,
  sha256: string,
  files: readonly WrittenFile[],
  writer: ScanningWriter,
): Promise<SealOutcome> {
  const gaps = writer.gaps;
  if (files.length === 0) {
    const damaged = gaps.find((gap) => gap.weight === 'major');
    if (damaged === undefined) {
      throw new FailureError(
        fail('empty', `${name} holds no files`, task.source, 'Check that it is the right archive.').failure,
      );
    }
    const advice = 'Ask the customer to send the archive again.';
    throw new FailureError(
      fail('corrupt', `nothing in ${name} could be read: ${damaged.message}`, task.source, advice).failure,
    );
  }
  const recognised = recogniseLayout(files, name, task.layout);
  const all = [...gaps, ...contentGaps(name, files, recognised.files)];
  // Major gaps first, so that a flood of minor ones never pushes them off the list.
  all.sort((a, b) => (a.weight === b.weight ? 0 : a.weight === 'major' ? -1 : 1));
  return writer.seal({
    sha256,
    name,
    layout: recognised.layout,
    layoutBecause: recognised.because,
    node: task.node ?? recognised.node,
    nodeBecause: task.node === null ? recognised.nodeBecause : 'given by the engineer',
    collectedAt: recognised.collectedAt,
    gaps: all.slice(0, GAPS_LISTED_MAX),
    gapsNotListed: Math.max(0, all.length - GAPS_LISTED_MAX),
    roles: new Map(files.map((file, index) => [file.id, recognised.files[index] as (typeof recognised.files)[number]])),
  });
}

function contentGaps(
  name: string,
  files: readonly WrittenFile[],
  recognised: readonly { readonly format: string }[],
): readonly Gap[] {
  const found: Gap[] = [];
  if (files.every((file, index) => file.bytes === 0 || recognised[index]?.format === 'binary')) {
    found.push({
      kind: 'not-a-log-archive',
      weight: 'major',
      message: `${name} ${withoutText(files)}, not a log archive: nothing in it can be searched`,
      file: null,
      byte: null,
    });
  }
  for (const [index, file] of files.entries()) {
    const kind = compressedKind(file.head);
    if (kind !== null && recognised[index]?.format === 'binary' && files.length > 1) {
      found.push({
        kind: 'unsupported',
        weight: 'minor',
        message: `${kind} inside the archive is not opened`,
        file: file.path,
        byte: null,
      });
    } else if (isUtf16(file.head)) {
      found.push({
        kind: 'unsupported',
        weight: 'minor',
        message: 'UTF-16 text is kept but cannot be searched yet',
        file: file.path,
        byte: null,
      });
    }
  }
  return found;
}

function withoutText(files: readonly WrittenFile[]): string {
  const [only] = files;
  if (files.every((file) => file.bytes === 0))
    return files.length === 1 ? 'unpacks to nothing' : 'holds only empty files';
  if (files.length > 1 || only === undefined) return 'holds only empty and binary files';
  const packed = compressedKind(only.head);
  return packed === null ? 'is a binary file' : `holds only a ${packed}, which is not opened`;
}

function isUtf16(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

function shortened(file: WrittenFile): WrittenFile {
  return { ...file, head: Buffer.from(file.head.subarray(0, SHORT_HEAD_BYTES)) };
}

/** A folder has no bytes of its own: its identity is the sorted list of names, sizes and hashes of its files. */
function manifestHash(files: readonly WrittenFile[]): string {
  const hash = createHash('sha256');
  const entries = files.map((file) => `${file.path}\0${file.bytes}\0${file.sha256}\n`).sort();
  for (const entry of entries) hash.update(entry);
  return hash.digest('hex');
}
