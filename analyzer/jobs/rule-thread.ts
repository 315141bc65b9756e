/**
 * The rules in a thread of their own: reading logs for the catalogue takes as long as reading dumps for facts and analyzers, and
 * neither needs the other. A small bundle is read faster than a thread starts.
 */
import { parentPort, Worker } from 'node:worker_threads';
import { type CancelFlag, isCancelled } from '../core/cancel-flag.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import { RULE_THREAD_BYTES, YOUNG_GENERATION_MIB } from '../core/limits.ts';
import { workerEntry } from '../core/resources.ts';
import { endThread } from '../core/thread-end.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { type FoundByRule, matchFiles } from '../rules/match.ts';
import type { Rule } from '../rules/schema.ts';
import { areSameRules, wantedTexts } from '../rules/wanted-texts.ts';
import { type BundleRef, openRef } from './bundle-ref.ts';
import { WaitingThread } from './waiting-thread.ts';

const MIB = 1024 * 1024;
/** Text up to which facts and analyzers take as long as all rules (dumps of a node are of a size, its logs are not). */
const BYTES_OF_ONE_THREAD = 1536 * MIB;
/** Of more text that thread gets this share, and who is done with facts and analyzers reads the rest. */
const SHARE_OF_MORE = 0.7;

interface RuleThreadTask {
  readonly ref: BundleRef;
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
  if (total < RULE_THREAD_BYTES) return { own: files, other: [] };
  if (total <= BYTES_OF_ONE_THREAD) return { own: [], other: files };
  const own: SourceFile[] = [];
  const other: SourceFile[] = [];
  let left = total * SHARE_OF_MORE;
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

/** What the thread is told: which rules there are, once, then what to read for them. */
type ToRuleThread =
  | { readonly type: 'rules'; readonly rules: readonly Rule[] }
  | ({ readonly type: 'read' } & RuleThreadTask);

interface StartedThread {
  readonly worker: Worker;
  /** That it knows. */
  readonly rules: readonly Rule[];
}

const waiting = new WaitingThread<StartedThread>();

function newThread(rules: readonly Rule[]): StartedThread {
  const worker = new Worker(workerEntry('rules'), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
  });
  worker.postMessage({ type: 'rules', rules } satisfies ToRuleThread);
  return { worker, rules };
}

/** Starts the thread ahead of its bundle. */
export function warmRuleThread(rules: readonly Rule[]): void {
  waiting.warm(() => newThread(rules));
}

export function startRuleThread(rules: readonly Rule[], task: RuleThreadTask): RuleThread {
  const { worker } = waiting.take((one) => areSameRules(one.rules, rules)) ?? newThread(rules);
  const found = new Promise<FoundByRule | null>((resolve) => {
    worker.once('message', (answer: FoundByRule | null) => resolve(answer));
    worker.once('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
  worker.postMessage({ type: 'read', ...task } satisfies ToRuleThread);
  return { found, end: () => endThread(worker) };
}

/** What the thread does: rules, then one task, one answer. */
export function serveRuleThread(): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker entry');
  let rules: readonly Rule[] = [];
  port.on('message', (told: ToRuleThread) => {
    if (told.type === 'rules') {
      rules = told.rules;
      wantedTexts(rules);
      return;
    }
    port.postMessage(foundIn(rules, told));
    port.close();
  });
}

/** @returns null when the bundle cannot be read: the other thread meets the same fault, and tells it. */
function foundIn(rules: readonly Rule[], { ref, files, flag }: RuleThreadTask): FoundByRule | null {
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
