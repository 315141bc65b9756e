/** What must be known of a file or of how one came to it, above its lines. */
import { X } from 'lucide-react';
import { IconButton } from '../../components/IconButton.tsx';
import { FailureNote } from '../../components/States.tsx';
import { givenWords } from '../../model/clocks.ts';
import { count } from '../../model/format.ts';
import type { SourceFile } from '../../model/types.ts';
import type { Arrival } from '../../stores/files.ts';
import type { Side } from '../../stores/files-route.ts';
import { formatRoute } from '../../stores/navigation.ts';
import { CLOCKS_ROUTE } from '../../stores/settings-route.ts';
import { useFiles, useStores } from '../../stores/stores.tsx';

const COVERAGE_NOTE: Partial<Readonly<Record<SourceFile['coverage'], string>>> = {
  truncated:
    'The captured file is cut off or damaged: its last lines may be wrong, and what follows them is not known.',
  binary: 'Not text: the bytes that were kept are shown as they were captured.',
  'not-opened': 'This file was not opened.',
};

/** @returns what the link found, in plain words. */
function arrivalSays({ found, line }: Arrival): string {
  switch (found) {
    case 'same':
      return `Line ${count(line)} is the line that the link was made for.`;
    case 'moved':
      return `The line that the link was made for stands elsewhere in the file now: it is line ${count(line)}.`;
    case 'changed':
      return `The line that the link was made for is not in this file any more. It stood where line ${count(line)} is.`;
  }
}

export function PaneNotes({ file, side }: { readonly file: SourceFile; readonly side: Side }) {
  const { files } = useStores();
  const arrival = useFiles((state) => state.arrival);
  const note = COVERAGE_NOTE[file.coverage];
  const arrived = side === 'main' && arrival?.bundle === file.bundle && arrival.file === file.path ? arrival : null;
  const given = givenWords(file.clock);
  return (
    <>
      {given === null ? null : (
        <p className="viewer__note">
          Times of this file: {given} by hand. What was inferred is in <a href={formatRoute(CLOCKS_ROUTE)}>Settings</a>.
        </p>
      )}
      {note === undefined ? null : <p className="viewer__note">{note}</p>}
      {arrived === null ? null : (
        <div className={arrived.found === 'same' ? 'viewer__note viewer__note--well' : 'viewer__note'} role="status">
          <span className="grow">{arrivalSays(arrived)}</span>
          <IconButton
            icon={X}
            look="quiet"
            label="Dismiss"
            onClick={() => files.getState().change({ arrival: null })}
          />
        </div>
      )}
    </>
  );
}

/** A link that led nowhere. */
export function LostLink() {
  const { files } = useStores();
  const lost = useFiles((state) => state.lost);
  if (lost === null) return null;
  return (
    <div className="files__lost">
      <FailureNote
        failure={lost.failure}
        onRetry={() => void files.getState().followLink(lost.link)}
        onDismiss={() => files.getState().change({ lost: null })}
      />
    </div>
  );
}
