/** What the correlate worker does: questions that hold the bundles of a case against each other. */
import type { FleetMachine } from '../compare/fleet.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { Comparison, TextComparison } from '../core/comparison.ts';
import type { Correlation } from '../core/correlation.ts';
import type { ClockAlignments } from '../core/timeline.ts';
import { bootedAt, machineFacts } from '../facts/machine.ts';
import { alignClocks } from './align-clocks.ts';
import { type BundleRef, withReaders } from './bundle-ref.ts';
import { type CompareTask, type CompareTextTask, runCompare, runCompareText } from './compare-task.ts';
import type { CorrelateRunTask } from './correlate-question.ts';
import { correlate } from './correlate-run.ts';
import { ruleShelf } from './rule-shelf.ts';
import { shippedChains } from './shipped-chains.ts';
import type { TaskContext } from './task.ts';

/** `bundles` in case order. */
export interface ClocksTask {
  readonly want: 'clocks';
  readonly bundles: readonly BundleRef[];
}

/** `bundles` in case order. */
export interface FleetTask {
  readonly want: 'fleet';
  readonly bundles: readonly BundleRef[];
}

export type CorrelateTask = ClocksTask | FleetTask | CorrelateRunTask | CompareTask | CompareTextTask;

export type CorrelateTaskOutput =
  | { readonly want: 'clocks'; readonly clocks: ClockAlignments }
  | { readonly want: 'fleet'; readonly clocks: ClockAlignments; readonly machines: readonly FleetMachine[] }
  | { readonly want: 'correlate'; readonly correlation: Correlation }
  | { readonly want: 'compare'; readonly comparison: Comparison }
  | { readonly want: 'compare-text'; readonly texts: TextComparison };

/** Throws `cancelled`, or the failure of a bundle that cannot be opened. */
export function runCorrelateTask(task: CorrelateTask, context: TaskContext): Promise<CorrelateTaskOutput> {
  return withReaders(task.bundles, (readers) => answer(task, readers, context));
}

async function answer(
  task: CorrelateTask,
  readers: readonly BundleReader[],
  context: TaskContext,
): Promise<CorrelateTaskOutput> {
  switch (task.want) {
    case 'clocks':
      return { want: task.want, clocks: alignClocks(readers, () => context.checkCancelled()) };
    case 'fleet': {
      const clocks = alignClocks(readers, () => context.checkCancelled());
      return { want: task.want, clocks, machines: readers.map(machineOf) };
    }
    case 'correlate': {
      const knowledge = { rules: ruleShelf(task.ruleFolders).rules, chains: shippedChains().chains };
      const correlation = await correlate(readers, task.question, knowledge, () => context.checkCancelled());
      return { want: task.want, correlation };
    }
    case 'compare':
      return { want: task.want, comparison: runCompare(readers, task, context) };
    case 'compare-text':
      return { want: task.want, texts: runCompareText(readers, task) };
  }
}

function machineOf(reader: BundleReader): FleetMachine {
  return { bundle: reader.bundle.id, facts: machineFacts(reader), bootedAt: bootedAt(reader) };
}
