/** What the analysis worker does: everything that reads dumps and logs to conclude something from them. */

import { checkKubeProxy } from '../analyzers/kube-proxy-check.ts';
import { ANALYZERS } from '../analyzers/registry.ts';
import type { ChainsAnswer, KubeProxyCheck } from '../contract/contract.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { JobProgress } from '../core/job.ts';
import { RULE_FILE } from '../core/not-run.ts';
import type {
  Analysis,
  Bundle,
  BundleNotOpened,
  LineRef,
  NodeAnalysis,
  NonEmpty,
  SourceFile,
} from '../core/vocabulary.ts';
import { proxyTables } from '../facts/nft-facts.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { layoutDefinitions } from '../layouts/definitions.ts';
import { chainSummary, nftSummary } from '../netfilter/chain-summary.ts';
import { type FoundByRule, matchFiles, ruleMatches, watchedFiles } from '../rules/match.ts';
import type { Rule } from '../rules/schema.ts';
import { wantedTexts } from '../rules/wanted-texts.ts';
import { acrossBundles } from './across-bundles.ts';
import { analyzeBundle, beginBundle } from './analyze-bundle.ts';
import { type BundleRef, withReaders } from './bundle-ref.ts';
import { concludeCase } from './conclude-case.ts';
import { ownRulesFingerprint } from './own-rule-files.ts';
import { type RuleShelf, rejectedFiles, ruleShelf } from './rule-shelf.ts';
import { sharedOut, startRuleThread, warmRuleThread } from './rule-thread.ts';
import type { Expected, TaskContext, ThreadedContext } from './task.ts';

export type AnalysisTask =
  /** `known` holds what is already concluded of some bundles; only the others are read. */
  | {
      readonly want: 'analysis';
      readonly bundles: readonly BundleRef[];
      /** The other bundles of the case. */
      readonly notOpened: readonly BundleNotOpened[];
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

/**
 * Reads what no bundle is needed for. Throws what is wrong with it, as an analysis does.
 * @param expected `large`: a bundle whose rules get a thread of their own.
 */
export function prepareAnalysis(expected: Expected): void {
  const { rules } = ruleShelf([]);
  if (expected === 'large') warmRuleThread(rules);
  else wantedTexts(rules);
  layoutDefinitions();
}

/** Throws `cancelled`, or the failure of a bundle that cannot be opened. */
export function runAnalysisTask(task: AnalysisTask, context: ThreadedContext): Promise<AnalysisTaskOutput> {
  return withReaders(task.bundles, async (readers) => {
    if (task.want === 'analysis') return await analysis(readers, task, context);
    if (task.want === 'chains') return { want: 'chains', answers: readers.map((reader) => chains(reader, context)) };
    return { want: 'check', answers: readers.map((reader) => check(reader, task.podIp)) };
  });
}

async function analysis(
  readers: readonly BundleReader[],
  { bundles: refs, notOpened, known, ruleFolders }: Extract<AnalysisTask, { want: 'analysis' }>,
  context: ThreadedContext,
): Promise<AnalysisTaskOutput> {
  const ownRules = ownRulesFingerprint(ruleFolders);
  const shelf = ruleShelf(ruleFolders);
  const fresh: NodeAnalysis[] = [];
  const nodes: NodeAnalysis[] = [];
  for (const [index, reader] of readers.entries()) {
    const before = known.find((one) => one.bundle === reader.bundle.id);
    const of = { reader, ref: refs[index] as BundleRef, index, count: readers.length };
    const node = before ?? (await concludeBundle(of, shelf.rules, context));
    if (before === undefined) fresh.push(node);
    nodes.push(node);
  }
  const bundles = readers.map((reader) => reader.bundle);
  const files = readers.flatMap((reader) => reader.files());
  const across = acrossBundles(readers, () => context.checkCancelled());
  const outcomes = [...across.outcomes, ...rejectedRules(shelf, bundles)];
  return {
    want: 'analysis',
    analysis: concludeCase(nodes, bundles, files, { findings: across.findings, outcomes }, notOpened),
    fresh,
    ownRules,
  };
}

/** A rule file that is broken looked at nothing: told once for the case. An outcome needs a bundle, so the first has it. */
function rejectedRules({ rejected }: RuleShelf, bundles: readonly Bundle[]): NodeAnalysis['outcomes'] {
  const bundle = bundles.map(({ id }) => id).sort()[0];
  if (bundle === undefined) return [];
  return rejectedFiles(rejected).map((why) => ({ id: RULE_FILE, bundle, outcome: { outcome: 'failed', why } }));
}

interface BundleOfTask {
  readonly reader: BundleReader;
  readonly ref: BundleRef;
  readonly index: number;
  readonly count: number;
}

async function concludeBundle(
  { reader, ref, index, count }: BundleOfTask,
  rules: readonly Rule[],
  context: ThreadedContext,
): Promise<NodeAnalysis> {
  const { bundle } = reader;
  const shown = (phase: string, done: number, total: number): JobProgress => ({
    phase: count === 1 ? phase : `${phase}, bundle ${index + 1} of ${count}`,
    bytesDone: done,
    bytesTotal: total,
    files: bundle.files,
    lines: bundle.lines,
    bytesPerSecond: 0,
  });
  const { own, other } = sharedOut(watchedFiles(reader, rules));
  const files = other.map(({ id }) => id);
  const beside = other.length === 0 ? null : startRuleThread(rules, { ref, files, flag: context.flag });
  try {
    const begun = beginBundle(reader, {
      rules,
      analyzers: ANALYZERS,
      isCancelled: context.isCancelled,
      onProgress: ({ phase, done, total }) => context.report(shown(phase, done, total)),
    });
    const read = (some: readonly SourceFile[]): FoundByRule =>
      matchFiles(reader, rules, some, {
        isCancelled: context.isCancelled,
        onProgress: (done, total) => context.report(shown('rules', done, total)),
      });
    const mine = attempt(() => read(own));
    if (beside !== null) context.report(shown('rules', own.length, own.length + other.length));
    const theirs = (await beside?.found) ?? null;
    const concluded = begun.conclude(() => ruleMatches(reader, rules, [mine(), theirs ?? read(other)]));
    context.checkCancelled();
    return concluded;
  } finally {
    await beside?.end();
  }
}

/** Does something now. @returns what gives its result, or throws what it threw, when that is asked for. */
function attempt<T>(work: () => T): () => T {
  try {
    const value = work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
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
      rule: line.rule ?? null,
    })),
  };
}

function isNonEmpty(refs: readonly LineRef[]): refs is NonEmpty<LineRef> {
  return refs.length > 0;
}
