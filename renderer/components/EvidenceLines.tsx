/** Lines of evidence verbatim, with their numbers, as the inspector shows them. */
import { Copy } from 'lucide-react';
import { evidenceLines, quote } from '../model/evidence.ts';
import { counted } from '../model/format.ts';
import type { Evidence, Severity } from '../model/types.ts';
import { useCopy } from './copy.ts';
import { EvidenceChip } from './EvidenceChip.tsx';
import { IconButton } from './IconButton.tsx';
import { MarkedText } from './MarkedText.tsx';

/** More lines than this are in Files, one click away. */
const LINES_SHOWN = 12;
/** A captured line can be a megabyte; the inspector shows its beginning and says so. */
const CHARS_SHOWN = 2_000;

export function EvidenceLines({ evidence, severity }: { readonly evidence: Evidence; readonly severity: Severity }) {
  const copy = useCopy();
  const { lines, cut } = evidenceLines(evidence);
  const shown = lines.slice(0, LINES_SHOWN);
  const more = lines.length - shown.length + cut;
  return (
    <div className={`lines lines--${severity}`}>
      <div className="lines__source">
        <EvidenceChip evidence={evidence} />
        {evidence.note === null ? null : (
          <span className="meta clip" title={evidence.note}>
            {evidence.note}
          </span>
        )}
        <IconButton
          icon={Copy}
          look="quiet"
          label={`Copy ${evidence.file}:${evidence.line} as evidence`}
          title="Copy as evidence"
          onClick={() =>
            copy(
              quote(
                evidence,
                lines.map((line) => line.text),
                evidence.node,
              ),
              'the lines with their source',
            )
          }
        />
      </div>
      <ol>
        {shown.map((line) => (
          <li key={line.number}>
            <b>{line.number}</b>
            <span>
              <MarkedText text={line.text.slice(0, CHARS_SHOWN)} />
              {line.text.length > CHARS_SHOWN ? (
                <em className="meta"> … {counted(line.text.length - CHARS_SHOWN, 'more character')} in Files</em>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
      {more > 0 ? <p className="lines__more meta">{counted(more, 'more line')}: open in Files</p> : null}
    </div>
  );
}
