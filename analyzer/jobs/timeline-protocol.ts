/** What the resident timeline worker is asked, and what it answers. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import type { BundleRef } from './bundle-ref.ts';

/** Questions are named after the methods of the contract that they answer. */
export type TimelineTopic = 'histogram' | 'lines';

export interface TimelineAsk<T extends TimelineTopic = TimelineTopic> {
  readonly want: T;
  readonly input: MethodArguments<`timeline.${T}`>;
  /** The bundles that the question is about, in case order. */
  readonly bundles: readonly BundleRef[];
}

/** Every question as one of a union, so that `want` tells the type of `input`. */
export type AnyTimelineAsk = { readonly [T in TimelineTopic]: TimelineAsk<T> }[TimelineTopic];

/** What only the findings of the case tell is added by the desk. */
export type HistogramPart = Omit<MethodOutput<'timeline.histogram'>, 'markers' | 'densest'>;
export interface TimelineAnswers {
  readonly histogram: HistogramPart;
  readonly lines: MethodOutput<'timeline.lines'>;
}
