/** Running one analyzer on texts in memory. */
import type { Analyzer, AnalyzerResult } from '../../analyzer/analyzers/analyzer.ts';
import type { FindingDraft } from '../../analyzer/core/vocabulary.ts';
import { buildNodeFacts } from '../../analyzer/facts/node-facts.ts';
import { memoryBundle } from './memory-bundle.ts';
import { findingsOf } from './sample-node.ts';

export type Files = Readonly<Record<string, string>>;

export function check(analyzer: Analyzer, files: Files, name?: string): AnalyzerResult {
  return analyzer.run(buildNodeFacts(memoryBundle(files, name)));
}

/** @returns its findings, none when it passed. @throws Error when it was skipped. */
export function found(analyzer: Analyzer, files: Files, name?: string): readonly FindingDraft[] {
  return findingsOf(analyzer, buildNodeFacts(memoryBundle(files, name)));
}

export function severities(analyzer: Analyzer, files: Files, name?: string): readonly string[] {
  return found(analyzer, files, name).map(({ severity }) => severity);
}
