/** The bookmark of a line and its note. */
import { type RefObject, useEffect, useState } from 'react';
import { day } from '../model/format.ts';
import { type LineOf, marks } from '../stores/notebook.ts';
import { useNotebook, useStores } from '../stores/stores.tsx';
import { InspectorBlock } from './Inspector.tsx';

export function LineNote({
  target,
  input,
}: {
  readonly target: LineOf;
  readonly input: RefObject<HTMLTextAreaElement | null>;
}) {
  const { notebook, screens } = useStores();
  const { bundle, file, line } = target;
  const kept = useNotebook((state) => state.bookmarks.find((one) => marks(one, target)));
  const before = kept?.note ?? '';
  const [text, setText] = useState(before);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line has another note
  useEffect(() => setText(before), [before, bundle, file, line]);
  const save = async () => {
    if (text.trim() === before.trim()) return;
    const failure = await notebook.getState().mark({ bundle, file, line }, text.trim());
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
