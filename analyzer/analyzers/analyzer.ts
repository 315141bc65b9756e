/** What an analyzer is: facts of one node in, one stated outcome out. Pure; it never opens a file. */
import type { FindingDraft, NonEmpty, ProxyMode } from '../core/vocabulary.ts';
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
  /** chains: rules of packet filters; network: what else packets meet; node: everything else of the node. */
  readonly area: 'chains' | 'network' | 'node';
  /** Modes in which its question has a meaning; it is not asked where another mode is known to work. */
  readonly onlyIn?: ProxyMode | readonly ProxyMode[];
  run(facts: NodeFacts): AnalyzerResult;
}
