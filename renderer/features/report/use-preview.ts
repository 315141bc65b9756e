/** Asks the engine for the document that is shown, a moment after the last change. */
import { useEffect } from 'react';
import type { ReportDraft, ReportFormat } from '../../model/types.ts';
import type { ExportKind } from '../../stores/report.ts';
import { useMarks, useNotebook, usePins, useSession } from '../../stores/stores.tsx';

/** Ticking ten boxes, or typing a word, builds one document. */
const SETTLED_MS = 250;

/** @returns the format that is shown for what is exported: a PDF and the report of a pack are made of the HTML. */
export function shownFormat(kind: ExportKind): ReportFormat {
  return kind === 'pdf' || kind === 'pack' ? 'html' : kind;
}

/** Calls `ask` when the draft, or anything that a report tells besides it, has changed. */
export function useAsking(draft: ReportDraft, ask: () => void): void {
  const analysis = useSession((state) => state.analysis);
  const bookmarks = useNotebook((state) => state.bookmarks);
  const marks = useMarks((state) => state.marks);
  const pins = usePins((state) => state.pins);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever of these changes, the report says something else
  useEffect(() => {
    const timer = setTimeout(ask, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [draft, ask, analysis, bookmarks, marks, pins]);
}
