/** Bookmarked lines and their notes, as they go into the report. */
import { X } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { captured } from '../../components/Captured.tsx';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { NoteInput } from '../../components/NoteInput.tsx';
import { chipLabel } from '../../model/evidence.ts';
import { counted } from '../../model/format.ts';
import type { Bookmark } from '../../model/types.ts';
import { useNotebook, useSession, useStores } from '../../stores/stores.tsx';

const ROWS_SHOWN = 100;
const CHARS_SHOWN = 160;

function KeptLine({ line, node }: { readonly line: Bookmark; readonly node: string | null }) {
  const { notebook, screens } = useStores();
  const input = useRef<HTMLTextAreaElement>(null);
  const say = (text: string) => screens.getState().announce(text);
  const name = chipLabel({ file: line.file, line: line.line, endLine: line.line });
  return (
    <li className="report__pin">
      <div className="report__pin-head">
        <EvidenceChip evidence={{ ...line, endLine: line.line }} node={node} />
        <span className="grow" />
        <IconButton
          icon={X}
          look="quiet"
          label={`Take away the bookmark of ${name}`}
          title="Take the bookmark away; Files can put it back"
          onClick={() =>
            void notebook
              .getState()
              .unmark(line.id)
              .then((failure) =>
                say(
                  failure === null
                    ? 'Bookmark taken away: the list of bookmarks in Files can put it back'
                    : `Not done: ${failure.message}`,
                ),
              )
          }
        />
      </div>
      <p className="report__pin-text mono clip" title={line.text.slice(0, CHARS_SHOWN)}>
        {captured(line.text.slice(0, CHARS_SHOWN))}
      </p>
      <NoteInput
        of={String(line.id)}
        kept={line.note}
        label={`Note on ${name}`}
        placeholder="What this line shows"
        input={input}
        onKeep={(note) =>
          void notebook
            .getState()
            .mark(line, note)
            .then((failure) => say(failure === null ? 'Note kept with the line' : `Note not kept: ${failure.message}`))
        }
      />
    </li>
  );
}

export function KeptLines() {
  const bookmarks = useNotebook((state) => state.bookmarks);
  const bundles = useSession((state) => state.openCase?.bundles);
  const lines = useMemo(
    () => [...bookmarks].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)),
    [bookmarks],
  );
  const several = (bundles?.length ?? 0) > 1;
  if (lines.length === 0) return <p className="meta">No line is kept: B on a line of any screen keeps it.</p>;
  return (
    <>
      <ul>
        {lines.slice(0, ROWS_SHOWN).map((line) => (
          <KeptLine
            key={`${line.bundle} ${line.file} ${line.line}`}
            line={line}
            node={several ? (bundles?.find(({ id }) => id === line.bundle)?.node ?? null) : null}
          />
        ))}
      </ul>
      {lines.length > ROWS_SHOWN ? (
        <p className="meta">and {counted(lines.length - ROWS_SHOWN, 'more line')}: Files lists all bookmarks</p>
      ) : null}
    </>
  );
}
