/** What the resident network worker is asked, and what it answers. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import type { Finding } from '../core/vocabulary.ts';
import type { BundleRef } from './bundle-ref.ts';

/** Questions are named after the methods of the contract that they answer. */
export type NetworkTopic = 'services' | 'graph' | 'names' | 'trace' | 'traceFlows' | 'lookup' | 'chains' | 'chain';

/** The part of a finding that says what it is about; the whole analysis need not travel with each question. */
export type FindingMark = Pick<Finding, 'id' | 'rule' | 'title' | 'severity' | 'bundle' | 'alsoIn' | 'entities'> & {
  readonly lines: readonly { readonly fileId: number; readonly line: number; readonly endLine: number }[];
};

type Method<T extends NetworkTopic> = `network.${T}`;

export interface NetworkAsk<T extends NetworkTopic = NetworkTopic> {
  readonly want: T;
  readonly input: MethodArguments<Method<T>>;
  /** The bundles that the question is about, in case order. */
  readonly bundles: readonly BundleRef[];
  /** Findings of the case for questions about health; null: the analysis could not be had. */
  readonly findings: readonly FindingMark[] | null;
}
export type NetworkAnswer<T extends NetworkTopic> = MethodOutput<Method<T>>;

/** Every question as one of a union, so that `want` tells the type of `input`. */
export type AnyAsk = { readonly [T in NetworkTopic]: NetworkAsk<T> }[NetworkTopic];
