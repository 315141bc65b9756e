/** What a correlation is asked, once its pivot is a place. */
import type { BundleId, FileId, FindingId } from '../core/ids.ts';
import type { BundleRef } from './bundle-ref.ts';
import type { CitedPlace } from './correlate-cited.ts';

/** What one correlates around, once it is known where it stands. */
export type PivotPlace =
  | {
      readonly at: 'line';
      readonly kind: 'text' | 'finding' | 'line';
      readonly bundle: BundleId;
      readonly fileId: FileId;
      readonly line: number;
      readonly finding: FindingId | null;
      readonly sentence: string;
    }
  /** An instant, or a finding that has one and of whose lines none has. */
  | {
      readonly at: 'instant';
      readonly kind: 'time' | 'finding';
      readonly time: number;
      readonly finding: FindingId | null;
      readonly sentence: string;
    }
  | { readonly at: 'nowhere'; readonly because: string };

export interface CorrelateQuestion {
  readonly pivot: PivotPlace;
  readonly windowMs: number;
  /** ms since 1970; an open end is as far from the pivot as `windowMs` says. */
  readonly from: number | null;
  readonly to: number | null;
  readonly limit: number;
  readonly cited: readonly CitedPlace[];
}

/** As the worker gets it; `bundles` in case order. */
export interface CorrelateRunTask {
  readonly want: 'correlate';
  readonly bundles: readonly BundleRef[];
  readonly question: CorrelateQuestion;
  /** Folders of the user's own rules. */
  readonly ruleFolders: readonly string[];
}
