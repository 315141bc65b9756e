/** What an analyzer is: facts of one node in, one stated outcome out. Pure; it never opens a file. */
import type { FindingDraft, NonEmpty } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';

/** `skipped` says which fact was missing, so that nobody reads silence as health. */
export type AnalyzerResult =
  | { readonly outcome: 'pass'; readonly because: string }
  | { readonly outcome: 'finding'; readonly findings: NonEmpty<FindingDraft> }
  | { readonly outcome: 'skipped'; readonly missing: string };

export interface Analyzer {
  /** Stable for ever: it is `rule` in findings and on the command line. */
  readonly id: string;
  readonly title: string;
  readonly area: 'chains';
  run(facts: NodeFacts): AnalyzerResult;
}
