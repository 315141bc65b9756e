/** What is marked in a file besides what is searched for. */
import { useMemo } from 'react';
import type { Bookmark, Severity, SourceFile } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import { useNotebook, useSession } from '../../stores/stores.tsx';

export interface LineMarks {
  /** Lines that findings cite, with the worst severity that cites them. */
  readonly cited: ReadonlyMap<number, Severity>;
  readonly bookmarks: ReadonlyMap<number, Bookmark>;
}

/** A reference may span a whole dump; its first lines are enough to see where it is. */
const CITED_LINES_MAX = 2_000;

export function useLineMarks(file: SourceFile): LineMarks {
  const analysis = useSession((state) => state.analysis);
  const kept = useNotebook((state) => state.bookmarks);
  const cited = useMemo(() => {
    const worst = new Map<number, Severity>();
    if (analysis.state !== 'ready') return worst;
    for (const { severity, evidence } of analysis.value.findings) {
      for (const one of evidence) {
        if (one.bundle !== file.bundle || one.file !== file.path) continue;
        for (let line = one.line; line <= Math.min(one.endLine, one.line + CITED_LINES_MAX); line += 1) {
          const before = worst.get(line);
          if (before === undefined || SEVERITY_ORDER.indexOf(severity) < SEVERITY_ORDER.indexOf(before))
            worst.set(line, severity);
        }
      }
    }
    return worst;
  }, [analysis, file.bundle, file.path]);
  const bookmarks = useMemo(
    () =>
      new Map(
        kept
          .filter((one) => one.bundle === file.bundle && one.file === file.path)
          .map((one) => [one.line, one] as const),
      ),
    [kept, file.bundle, file.path],
  );
  return useMemo(() => ({ cited, bookmarks }), [cited, bookmarks]);
}
