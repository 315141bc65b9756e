/** What can be done with lines of a file: copy them as evidence, link to them, keep them. */
import { useCopy } from '../../components/copy.ts';
import { useBookmark } from '../../components/use-bookmark.ts';
import { usePivotOn } from '../../components/WhatCameBefore.tsx';
import { counted } from '../../model/format.ts';
import type { BundleId } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';
import type { LineRange } from './selection.ts';

export interface LineActions {
  readonly copyQuote: (range: LineRange) => Promise<void>;
  readonly copyLink: (range: LineRange) => Promise<void>;
  /** Keeps the first line, or takes its bookmark away. */
  readonly bookmark: (range: LineRange) => Promise<void>;
  /** What came before the first line, on Timeline. */
  readonly pivot: (range: LineRange) => void;
}

export function useLineActions(of: { readonly bundle: BundleId; readonly file: string }): LineActions {
  const { bridge, session, screens } = useStores();
  const copy = useCopy();
  const bookmark = useBookmark();
  const pivotOn = usePivotOn();
  const announce = (text: string) => screens.getState().announce(text);
  const cite = async ({ line, end }: LineRange) => {
    const caseId = session.getState().openCase?.id;
    if (caseId === undefined) return null;
    const answer = await bridge.call('file.cite', { caseId, ...of, line, endLine: end });
    if (!answer.ok) announce(`Not copied: ${answer.failure.message}`);
    return answer.ok ? answer.value : null;
  };
  return {
    copyQuote: async (range) => {
      const cited = await cite(range);
      if (cited !== null) copy(cited.quote, `${counted(range.end - range.line + 1, 'line')} with their source`);
    },
    copyLink: async (range) => {
      const cited = await cite(range);
      if (cited !== null) copy(cited.link, range.end > range.line ? 'a link to these lines' : 'a link to this line');
    },
    bookmark: async ({ line }) => bookmark({ ...of, line }),
    pivot: ({ line }) => pivotOn({ kind: 'line', ...of, line }),
  };
}
