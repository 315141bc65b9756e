/** The bookmark of a match and its note. */
import { type RefObject, useEffect, useState } from 'react';
import { InspectorBlock } from '../../components/Inspector.tsx';
import { day } from '../../model/format.ts';
import type { SearchMatch } from '../../model/types.ts';
import { useNotebook, useStores } from '../../stores/stores.tsx';

export function MatchNote({
  match,
  input,
}: {
  readonly match: SearchMatch;
  readonly input: RefObject<HTMLTextAreaElement | null>;
}) {
  const { notebook, screens } = useStores();
  const kept = useNotebook((state) =>
    state.bookmarks.find((one) => one.bundle === match.bundle && one.file === match.file && one.line === match.line),
  );
  const before = kept?.note ?? '';
  const [text, setText] = useState(before);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another match has another note
  useEffect(() => setText(before), [before, match]);
  const save = async () => {
    if (text.trim() === before.trim()) return;
    const failure = await notebook.getState().mark(match, text.trim());
    screens.getState().announce(failure === null ? 'Note kept with the line' : `Note not kept: ${failure.message}`);
  };
  return (
    <InspectorBlock title="Note" {...(kept === undefined ? {} : { meta: `bookmarked ${day(kept.markedAt)}` })}>
      <textarea
        ref={input}
        className="input note-input"
        aria-label="Note on this line"
        placeholder="What this line shows (N). Kept with a bookmark."
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => void save()}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void save();
        }}
      />
    </InspectorBlock>
  );
}
