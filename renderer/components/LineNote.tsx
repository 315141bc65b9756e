/** The bookmark of a line and its note. */
import type { RefObject } from 'react';
import { day } from '../model/format.ts';
import { type LineOf, marks } from '../stores/notebook.ts';
import { useNotebook, useStores } from '../stores/stores.tsx';
import { InspectorBlock } from './Inspector.tsx';
import { NoteInput } from './NoteInput.tsx';

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
  const keep = async (note: string) => {
    const failure = await notebook.getState().mark({ bundle, file, line }, note);
    screens.getState().announce(failure === null ? 'Note kept with the line' : `Note not kept: ${failure.message}`);
  };
  return (
    <InspectorBlock title="Note" {...(kept === undefined ? {} : { meta: `bookmarked ${day(kept.markedAt)}` })}>
      <NoteInput
        of={`${bundle} ${file} ${line}`}
        kept={kept?.note ?? ''}
        label="Note on this line"
        placeholder="What this line shows (N). Kept with a bookmark."
        input={input}
        onKeep={(note) => void keep(note)}
      />
    </InspectorBlock>
  );
}
