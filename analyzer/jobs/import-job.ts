/** Imports archives, two at a time, each in threads of its own, and says what became of each. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Failure, fail, toFailure } from '../core/failure.ts';
import { gapSentence } from '../core/gap-sentence.ts';
import type { BundleId } from '../core/ids.ts';
import { overrideNotApplied } from '../core/import-override.ts';
import type { ImportResult } from '../core/job.ts';
import { RULE_THREAD_BYTES } from '../core/limits.ts';
import { counted } from '../report/model.ts';
import { removePartial, storeFailure } from '../store/bundle-sink.ts';
import { bundlesFolder, type CaseStore, makeBundlesFolder, partialFile } from '../store/case-store.ts';
import type { IngestOutput, IngestTask } from './ingest-source.ts';
import type { JobContext, JobEnd } from './job-table.ts';
import { SharedProgress } from './shared-progress.ts';
import { dismissWorkers, runInWorker, warmWorker } from './worker-job.ts';

export interface ImportRequest {
  readonly paths: readonly string[];
  readonly node: string | null;
  readonly layout: string | null;
  readonly mark: 'healthy' | null;
  /** What the user of this machine raised. */
  readonly limits?: IngestTask['limits'];
}

/**
 * One import alternates between waiting for its threads and for the disk, and ends with a sealing that keeps one core
 * busy; two together leave no core idle, and more only take memory.
 */
const IMPORTS_AT_ONCE = 2;

/** Bytes of the source left to read, of an archive half a second's work: as long as the worker of the analysis takes to load. */
const WARM_AT_BYTES = 4 * 1024 * 1024;
/** Lines that were stored when that is left, of a bundle whose rules get a thread of their own: lines of logs have 200 to 250 bytes. */
const LINES_OF_LARGE = (0.8 * RULE_THREAD_BYTES) / 230;

/** @param onImported called after each bundle that became part of the case. Results come in the order of the paths. */
export async function importInto(
  store: CaseStore,
  request: ImportRequest,
  context: JobContext,
  onImported: () => void,
): Promise<JobEnd> {
  const imports: ImportResult[] = [];
  const progress = new SharedProgress(await Promise.all(request.paths.map(sizeOf)), context.progress);
  let next = 0;
  const importNext = async (): Promise<void> => {
    for (let nth = next++; nth < request.paths.length; nth = next++) {
      const one = await importOne(store, request, nth, { context, progress, onImported });
      imports[nth] = one;
      progress.ended(nth, one.bundle?.lines ?? null);
    }
  };
  await Promise.all(Array.from({ length: Math.min(IMPORTS_AT_ONCE, request.paths.length) }, importNext));
  const end = summarise(imports, request);
  if (end.state === 'cancelled' || end.state === 'failed') await dismissWorkers();
  return end;
}

/** @returns bytes of a file; null for what has to be read to be known, and for what cannot be read: its import says why. */
async function sizeOf(source: string): Promise<number | null> {
  const known = await stat(source).catch(() => null);
  return known?.isFile() ? known.size : null;
}

interface ImportSurroundings {
  readonly context: JobContext;
  readonly progress: SharedProgress;
  readonly onImported: () => void;
}

async function importOne(
  store: CaseStore,
  request: ImportRequest,
  nth: number,
  { context, progress, onImported }: ImportSurroundings,
): Promise<ImportResult> {
  const source = request.paths[nth] as string;
  if (context.signal.aborted) return { source, outcome: 'cancelled', bundle: null, failure: null };
  const resolved = path.resolve(source);
  if (isWithin(path.resolve(store.dir), resolved)) return notImported(source, intoItself(source));
  try {
    makeBundlesFolder(store.dir);
  } catch (error) {
    return notImported(source, { ...storeFailure(error), where: store.dir });
  }
  const task: IngestTask = {
    source: resolved,
    folder: bundlesFolder(store.dir),
    partial: partialFile(store.dir),
    node: request.node,
    layout: request.layout,
    ...(request.limits === undefined ? {} : { limits: request.limits }),
  };
  const result = await runInWorker<IngestTask, IngestOutput>('ingest', task, {
    signal: context.signal,
    onProgress: (one) => {
      // What was imported is analysed next; its worker loads while this one comes to its end, which leaves a core idle.
      if (one.phase === 'sealing' || (one.bytesTotal ?? 0) - one.bytesDone <= WARM_AT_BYTES) {
        warmWorker('analysis', one.lines > LINES_OF_LARGE ? 'large' : 'any');
      }
      progress.of(nth, one);
    },
  });
  if (!result.ok) {
    // A worker that had to be ended could not tidy up.
    removePartial(task.partial);
    return notImported(source, result.failure);
  }
  try {
    store.refresh();
    if (request.mark === 'healthy') store.markHealthy(result.value.sha256 as BundleId);
  } catch (error) {
    const message = `stored, but the case could not take it in: ${toFailure(error).message}`;
    return notImported(source, { ...storeFailure(error), message, where: store.dir });
  }
  const bundle = store.bundle(result.value.sha256 as BundleId)?.bundle ?? null;
  onImported();
  return { source, outcome: result.value.outcome, bundle, failure: null };
}

function isWithin(location: string, folder: string): boolean {
  const relative = path.relative(folder, location);
  return relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}

/** The bundle that is being written would be read as one of its own files, and no two imports would be of the same bytes. */
function intoItself(source: string): Failure {
  const message = 'the case is kept in this folder, and would be imported into itself';
  return fail(
    'wrong-usage',
    message,
    source,
    'Choose a case in another folder, or name what is in the folder one by one.',
  ).failure;
}

function notImported(source: string, failure: Failure): ImportResult {
  const outcome = failure.code === 'cancelled' ? 'cancelled' : 'failed';
  return { source, outcome, bundle: null, failure: outcome === 'cancelled' ? null : failure };
}

function summarise(imports: readonly ImportResult[], request: Pick<ImportRequest, 'node' | 'layout'>): JobEnd {
  const fresh = imports.filter((one) => one.outcome === 'imported');
  const again = imports.filter((one) => one.outcome === 'already-imported');
  const failed = imports.filter((one) => one.outcome === 'failed');
  const cancelled = imports.filter((one) => one.outcome === 'cancelled');
  const withGaps = imports.filter((one) => one.bundle?.outcome === 'with-gaps');
  const sentences: string[] = [];
  if (fresh.length > 0) {
    const files = fresh.reduce((sum, one) => sum + (one.bundle?.files ?? 0), 0);
    const lines = fresh.reduce((sum, one) => sum + (one.bundle?.lines ?? 0), 0);
    sentences.push(
      `Imported ${counted(fresh.length, 'bundle')}: ${counted(files, 'file')}, ${counted(lines, 'line')}.`,
    );
  }
  if (again.length > 0) sentences.push(`${counted(again.length, 'bundle')} already in the case: nothing to do.`);
  const ignored = again.flatMap(({ bundle }) => (bundle === null ? [] : (overrideNotApplied(request, bundle) ?? [])));
  sentences.push(...new Set(ignored));
  if (withGaps.length > 0) {
    const first = withGaps[0]?.bundle?.gaps.find((gap) => gap.weight === 'major');
    sentences.push(`With gaps: ${first === undefined ? 'see coverage' : gapSentence(first)}.`);
  }
  if (failed.length > 0) sentences.push(`Not imported: ${failed.map((one) => one.failure?.message).join('; ')}.`);
  if (cancelled.length > 0) sentences.push(`Cancelled: nothing of ${counted(cancelled.length, 'archive')} was kept.`);
  const failure: Failure | null = failed[0]?.failure ?? null;
  const state =
    cancelled.length > 0
      ? 'cancelled'
      : failed.length > 0 && failed.length === imports.length
        ? 'failed'
        : failed.length > 0 || withGaps.length > 0
          ? 'done-with-gaps'
          : 'done';
  return { state, outcome: sentences.join(' '), failure, imports };
}
