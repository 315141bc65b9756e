/** What the analysis worker does: everything that reads dumps and logs to conclude something from them. */

import { checkKubeProxy } from '../analyzers/kube-proxy-check.ts';
import { ANALYZERS } from '../analyzers/registry.ts';
import type { ChainsAnswer, KubeProxyCheck } from '../contract/contract.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { JobProgress } from '../core/job.ts';
import type { Analysis, Bundle, LineRef, NodeAnalysis, NonEmpty } from '../core/vocabulary.ts';
import { proxyTables } from '../facts/nft-facts.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { chainSummary, nftSummary } from '../netfilter/chain-summary.ts';
import type { Rule } from '../rules/schema.ts';
import { acrossBundles } from './across-bundles.ts';
import { analyzeBundle } from './analyze-bundle.ts';
import { type BundleRef, openRef } from './bundle-ref.ts';
import { concludeCase } from './conclude-case.ts';
import { ownRulesFingerprint, type RuleShelf, rejectedLine, ruleShelf } from './rule-shelf.ts';
import type { TaskContext } from './task.ts';

export type AnalysisTask =
  /** `known` holds what is already concluded of some bundles; only the others are read. */
  | {
      readonly want: 'analysis';
      readonly bundles: readonly BundleRef[];
      readonly known: readonly NodeAnalysis[];
      /** The user's own, absolute. */
      readonly ruleFolders: readonly string[];
    }
  | { readonly want: 'chains'; readonly bundles: readonly BundleRef[] }
  | { readonly want: 'check'; readonly bundles: readonly BundleRef[]; readonly podIp: string | null };

export type AnalysisTaskOutput =
  | {
      readonly want: 'analysis';
      readonly analysis: Analysis;
      readonly fresh: readonly NodeAnalysis[];
      /** Of the user's rules that concluded it. */
      readonly ownRules: string;
    }
  | { readonly want: 'chains'; readonly answers: readonly ChainsAnswer[] }
  | { readonly want: 'check'; readonly answers: readonly KubeProxyCheck[] };

/** Throws `cancelled`, or the failure of a bundle that cannot be opened. */
export function runAnalysisTask(task: AnalysisTask, context: TaskContext): AnalysisTaskOutput {
  const readers: BundleReader[] = [];
  try {
    for (const ref of task.bundles) {
      readers.push(openRef(ref));
    }
    if (task.want === 'analysis') return analysis(readers, task, context);
    if (task.want === 'chains') return { want: 'chains', answers: readers.map((reader) => chains(reader, context)) };
    return { want: 'check', answers: readers.map((reader) => check(reader, task.podIp)) };
  } finally {
    for (const reader of readers) reader.close();
  }
}

function analysis(
  readers: readonly BundleReader[],
  { known, ruleFolders }: Extract<AnalysisTask, { want: 'analysis' }>,
  context: TaskContext,
): AnalysisTaskOutput {
  const ownRules = ownRulesFingerprint(ruleFolders);
  const shelf = ruleShelf(ruleFolders);
  const fresh: NodeAnalysis[] = [];
  const nodes: NodeAnalysis[] = [];
  for (const [index, reader] of readers.entries()) {
    const before = known.find((one) => one.bundle === reader.bundle.id);
    const node = before ?? concludeBundle(reader, shelf.rules, { index, count: readers.length }, context);
    if (before === undefined) fresh.push(node);
    nodes.push(node);
  }
  const bundles = readers.map((reader) => reader.bundle);
  const files = readers.flatMap((reader) => reader.files());
  const across = acrossBundles(readers, () => context.checkCancelled());
  const outcomes = [...across.outcomes, ...rejectedRules(shelf, bundles)];
  return {
    want: 'analysis',
    analysis: concludeCase(nodes, bundles, files, { findings: across.findings, outcomes }),
    fresh,
    ownRules,
  };
}

/** A rule file that is broken looked at nothing: told once for the case, with its place. */
function rejectedRules({ rejected }: RuleShelf, bundles: readonly Bundle[]): NodeAnalysis['outcomes'] {
  const bundle = bundles.map(({ id }) => id).sort()[0];
  if (bundle === undefined) return [];
  return rejected.map((one) => ({
    id: 'rules',
    bundle,
    outcome: { outcome: 'failed', why: `rules: ${rejectedLine(one)}` },
  }));
}

function concludeBundle(
  reader: BundleReader,
  rules: readonly Rule[],
  { index, count }: { readonly index: number; readonly count: number },
  context: TaskContext,
): NodeAnalysis {
  const { bundle } = reader;
  const shown = (phase: string, done: number, total: number): JobProgress => ({
    phase: count === 1 ? phase : `${phase}, bundle ${index + 1} of ${count}`,
    bytesDone: done,
    bytesTotal: total,
    files: bundle.files,
    lines: bundle.lines,
    bytesPerSecond: 0,
  });
  const concluded = analyzeBundle(reader, {
    rules,
    analyzers: ANALYZERS,
    isCancelled: context.isCancelled,
    onProgress: ({ phase, done, total }) => context.report(shown(phase, done, total)),
  });
  context.checkCancelled();
  return concluded;
}

function chains(reader: BundleReader, context: TaskContext): ChainsAnswer {
  const facts = buildNodeFacts(reader);
  const concluded = analyzeBundle(reader, { rules: [], analyzers: ANALYZERS, facts, isCancelled: context.isCancelled });
  context.checkCancelled();
  const failed = concluded.outcomes.flatMap((one) => (one.outcome.outcome === 'failed' ? [one.outcome.why] : []));
  return {
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    mode: concluded.mode,
    modeBecause: concluded.modeBecause,
    tables: [...nftSummary(proxyTables(facts)), ...chainSummary(facts.tables)],
    findings: concluded.findings,
    notLookedAt: [...facts.notLookedAt, ...failed],
  };
}

function check(reader: BundleReader, podIp: string | null): KubeProxyCheck {
  const facts = buildNodeFacts(reader);
  return {
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    podIp: podIp ?? facts.podIp?.address ?? null,
    lines: checkKubeProxy(facts, podIp).map((line) => ({
      level: line.level,
      text: line.text,
      evidence: isNonEmpty(line.evidence) ? [...cite(reader, line.evidence)] : [],
      actions: [...(line.actions ?? [])],
    })),
  };
}

function isNonEmpty(refs: readonly LineRef[]): refs is NonEmpty<LineRef> {
  return refs.length > 0;
}
