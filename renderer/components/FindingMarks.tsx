/** What the engineer says of a finding, in the inspector. */
import { Pin, VolumeX } from 'lucide-react';
import type { RefObject } from 'react';
import { day } from '../model/format.ts';
import type { FindingId } from '../model/types.ts';
import { useMarks } from '../stores/stores.tsx';
import { InspectorBlock } from './Inspector.tsx';
import { NoteInput } from './NoteInput.tsx';
import { useFindingMark } from './use-finding-mark.ts';

export function FindingMarkButtons({ finding }: { readonly finding: FindingId }) {
  const said = useMarks((state) => state.marks.get(finding));
  const { togglePin, toggleNoise } = useFindingMark();
  return (
    <>
      <button
        type="button"
        className="btn btn--s"
        aria-pressed={said?.pinned === 'yes'}
        title="Take it into the report (P)"
        onClick={() => void togglePin(finding)}
      >
        <Pin className="icon" aria-hidden="true" />
        {said?.pinned === 'yes' ? 'Pinned' : 'Pin'}
      </button>
      <button
        type="button"
        className="btn btn--s"
        aria-pressed={said?.noise === 'yes'}
        title="Known and harmless here: below the others, never hidden (X)"
        onClick={() => void toggleNoise(finding)}
      >
        <VolumeX className="icon" aria-hidden="true" />
        Noise
      </button>
    </>
  );
}

export function FindingNote({
  finding,
  input,
}: {
  readonly finding: FindingId;
  readonly input: RefObject<HTMLTextAreaElement | null>;
}) {
  const said = useMarks((state) => state.marks.get(finding));
  const { change } = useFindingMark();
  return (
    <InspectorBlock title="Note" {...(said === undefined ? {} : { meta: `marked ${day(said.markedAt)}` })}>
      <NoteInput
        of={finding}
        kept={said?.note ?? ''}
        label="Note on this finding"
        placeholder="What you know of it (N). Kept with the case."
        input={input}
        onKeep={(note) => void change(finding, { note }, 'Note kept with the finding')}
      />
    </InspectorBlock>
  );
}
