/** A match in its file: its context, and more of it above and below when asked. */
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect, useState } from 'react';
import { MarkedText } from '../../components/MarkedText.tsx';
import { FailureNote } from '../../components/States.tsx';
import type { Failure, SearchMatch } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';
import { excerpt } from './Results.tsx';

/** Lines that one press adds. */
const STEP = 5;
const CHARS_SHOWN = 1_000;

interface Lines {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The file ends there. */
  readonly top: 'reached' | 'more';
  readonly bottom: 'reached' | 'more';
}

function Numbered({ from, texts }: { readonly from: number; readonly texts: readonly string[] }) {
  return texts
    .map((text, index) => ({ number: from + index, text: text.slice(0, CHARS_SHOWN) }))
    .map(({ number, text }) => (
      <li key={number} className="is-context">
        <b>{number}</b>
        <span>
          <MarkedText text={text} />
        </span>
      </li>
    ));
}

export function MatchContext({ match }: { readonly match: SearchMatch }) {
  const { bridge } = useStores();
  const caseId = useSession((state) => state.openCase?.id);
  const given: Lines = {
    before: match.before,
    after: match.after,
    top: match.line - match.before.length <= 1 ? 'reached' : 'more',
    bottom: 'more',
  };
  const [more, setMore] = useState<{ readonly of: SearchMatch; readonly lines: Lines } | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const lines = more !== null && more.of === match ? more.lines : given;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed was about another match
  useEffect(() => setFailure(null), [match]);

  const extend = async (where: 'above' | 'below') => {
    if (caseId === undefined) return;
    const first = match.line - lines.before.length;
    const from = where === 'above' ? Math.max(1, first - STEP) : match.line + lines.after.length + 1;
    const count = where === 'above' ? first - from : STEP;
    if (count < 1) return;
    const texts: string[] = [];
    // Long lines come few at a time.
    while (texts.length < count) {
      const rest = { from: from + texts.length, count: count - texts.length };
      const answer = await bridge.call('file.lines', { caseId, bundle: match.bundle, file: match.file, ...rest });
      if (!answer.ok) {
        setFailure(answer.failure);
        return;
      }
      if (answer.value.lines.length === 0) break;
      texts.push(...answer.value.lines.map((line) => line.text));
    }
    setFailure(null);
    const next: Lines =
      where === 'above'
        ? { ...lines, before: [...texts, ...lines.before], top: from === 1 ? 'reached' : 'more' }
        : { ...lines, after: [...lines.after, ...texts], bottom: texts.length < STEP ? 'reached' : 'more' };
    setMore({ of: match, lines: next });
  };

  const shown = excerpt(match.text, match.ranges, CHARS_SHOWN);
  return (
    <>
      <div className="lines lines--match">
        {lines.top === 'reached' ? null : (
          <button type="button" className="lines__step" onClick={() => void extend('above')}>
            <ChevronUp className="icon" aria-hidden="true" />
            More above
          </button>
        )}
        <ol>
          <Numbered from={match.line - lines.before.length} texts={lines.before} />
          <li data-match="">
            <b>{match.line}</b>
            <span>
              {shown.cut > 0 ? '… ' : ''}
              <MarkedText text={shown.text} ranges={shown.ranges} />
            </span>
          </li>
          <Numbered from={match.line + 1} texts={lines.after} />
        </ol>
        {lines.bottom === 'reached' ? null : (
          <button type="button" className="lines__step" onClick={() => void extend('below')}>
            <ChevronDown className="icon" aria-hidden="true" />
            More below
          </button>
        )}
      </div>
      {failure === null ? null : <FailureNote failure={failure} />}
    </>
  );
}
