/** The search in a file: what is asked, where it matches, and the next match. */
import { useEffect, useMemo, useState } from 'react';
import type { MethodOutput } from '../../../analyzer/contract/contract.ts';
import { parseQuery } from '../../../analyzer/query/parse.ts';
import type { QueryError, QueryNode } from '../../../analyzer/query/query.ts';
import { asksForFindings } from '../../model/basis.ts';
import type { Failure, Loadable, SourceFile } from '../../model/types.ts';
import { useFiles, useSearch, useSession, useStores } from '../../stores/stores.tsx';

/** Parts of the file that the overview tells apart: more than a screen has pixels to show. */
const PARTS = 400;
/** How long a pause in typing is. */
const PAUSE_MS = 200;

export type MatchMap = MethodOutput<'file.matchMap'>;

export interface Find {
  readonly text: string;
  /** As it stands in the box. */
  readonly typed: string;
  /** `case`: the text is what the case was searched for. */
  readonly from: 'case' | 'file';
  /** null when nothing is asked, or the text is no query. */
  readonly query: QueryNode | null;
  readonly fault: QueryError | null;
  readonly map: Loadable<MatchMap>;
  /** The nearest matching line; from `from` on, in this direction. */
  readonly nearest: (from: number, direction: 'down' | 'up') => Promise<{ readonly line: number | null } | Failure>;
}

export function useFind(file: SourceFile): Find {
  const { bridge } = useStores();
  const caseId = useSession((state) => state.openCase?.id);
  const typed = useFiles((state) => state.find);
  const searched = useSearch((state) => state.shown?.asked.query ?? '');
  const text = (typed ?? searched).trim();
  const parsed = useMemo(() => (text === '' ? null : parseQuery(text)), [text]);
  const asked = parsed?.ok === true ? parsed.query : null;
  const [map, setMap] = useState<Loadable<MatchMap>>({ state: 'idle' });
  const where = useMemo(() => ({ bundle: file.bundle, file: file.path }), [file.bundle, file.path]);

  const analysis = useSession((state) => (asked !== null && asksForFindings(asked) ? state.analysis : null));

  // biome-ignore lint/correctness/useExhaustiveDependencies: under another clock, or with other findings, other lines match
  useEffect(() => {
    if (caseId === undefined || asked === null || file.lines === 0) {
      setMap({ state: 'idle' });
      return;
    }
    let superseded = false;
    setMap({ state: 'loading' });
    const timer = setTimeout(
      () =>
        void bridge.call('file.matchMap', { caseId, ...where, query: text, parts: PARTS }).then((answer) => {
          if (superseded) return;
          setMap(answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure });
        }),
      PAUSE_MS,
    );
    return () => {
      superseded = true;
      clearTimeout(timer);
    };
  }, [bridge, caseId, where, file.lines, file.clock, analysis, asked, text]);

  // The case was searched for something that is nowhere in this file: here nothing is asked.
  const elsewhere = typed === null && map.state === 'ready' && map.value.total === 0;
  const query = elsewhere ? null : asked;
  return {
    text,
    typed: typed ?? searched,
    from: typed === null ? 'case' : 'file',
    query,
    fault: parsed?.ok === false ? parsed.error : null,
    map,
    nearest: async (from, direction) => {
      if (caseId === undefined) return { line: null };
      const answer = await bridge.call('file.find', { caseId, ...where, query: text, from, direction });
      return answer.ok ? answer.value : answer.failure;
    },
  };
}
