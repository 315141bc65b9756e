/**
 * Half of the rules' work in a thread of its own: reading logs for the catalogue is the longest part of an analysis, and
 * files do not depend on each other. A small bundle is read faster than a thread starts.
 */
import { parentPort, Worker } from 'node:worker_threads';
import { type CancelFlag, isCancelled } from '../core/cancel-flag.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import { YOUNG_GENERATION_MIB } from '../core/limits.ts';
import { workerEntry } from '../core/resources.ts';
import { endThread } from '../core/thread-end.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { type FoundByRule, matchFiles } from '../rules/match.ts';
import type { Rule } from '../rules/schema.ts';
import { type BundleRef, openRef } from './bundle-ref.ts';

/**
 * Text below which one thread does it all. Another one loads and compiles the same code: a quarter of the processor time of
 * analysing 256 MB, and 50 MB (measured; of 1 GB a sixth, and 80 MB).
 */
const BYTES_WORTH_A_THREAD = 384 * 1024 * 1024;
/** Its share of the text: the other thread has facts and analyzers to do first, this one has to start (1 GB: 0.1 s less than with 0.6). */
const SHARE = 0.5;

interface RuleThreadInput {
  readonly ref: BundleRef;
  readonly rules: readonly Rule[];
  readonly files: readonly FileId[];
  readonly flag: CancelFlag;
}

export interface SharedOut {
  /** For this thread. */
  readonly own: readonly SourceFile[];
  /** For another one; none when it is not worth it. */
  readonly other: readonly SourceFile[];
}

/** @param files that rules look at. @returns each file once; the largest ones first go to the other thread. */
export function sharedOut(files: readonly SourceFile[]): SharedOut {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total < BYTES_WORTH_A_THREAD) return { own: files, other: [] };
  const own: SourceFile[] = [];
  const other: SourceFile[] = [];
  let left = total * SHARE;
  for (const file of [...files].sort((one, two) => two.bytes - one.bytes)) {
    if (file.bytes <= left) {
      left -= file.bytes;
      other.push(file);
    } else own.push(file);
  }
  return { own, other };
}

/** What rules found in the files of another thread. */
export interface RuleThread {
  /** @returns null when the thread failed: whoever asks reads these files itself. */
  readonly found: Promise<FoundByRule | null>;
  end(): Promise<void>;
}

export function startRuleThread(input: RuleThreadInput): RuleThread {
  const worker = new Worker(workerEntry('rules'), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
  });
  const found = new Promise<FoundByRule | null>((resolve) => {
    worker.once('message', (answer: FoundByRule | null) => resolve(answer));
    worker.once('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
  worker.postMessage(input);
  return { found, end: () => endThread(worker) };
}

/** What the thread does: one input, one answer. */
export function serveRuleThread(): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker entry');
  port.once('message', (input: RuleThreadInput) => {
    port.postMessage(foundIn(input));
    port.close();
  });
}

/** @returns null when the bundle cannot be read: the other thread meets the same fault, and tells it. */
function foundIn({ ref, rules, files, flag }: RuleThreadInput): FoundByRule | null {
  let reader: BundleReader | null = null;
  try {
    reader = openRef(ref);
    const wanted = new Set(files);
    const mine = reader.files().filter(({ id }) => wanted.has(id));
    return matchFiles(reader, rules, mine, { isCancelled: () => isCancelled(flag) });
  } catch {
    return null;
  } finally {
    reader?.close();
  }
}
