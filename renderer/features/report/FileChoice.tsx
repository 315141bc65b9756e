/** A file of this machine that is read here: chosen, or dropped on its place. */
import { FileUp } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { size } from '../../model/format.ts';

/** As the contract has it: a report or a map is read whole. */
const BYTES_MAX = 64 * 1024 * 1024;

/** @returns why a file cannot be read as a report or a map, by its first bytes; null when nothing speaks against it. */
export function refusal(fileName: string, bytes: number, first: string): string | null {
  if (bytes > BYTES_MAX) return `${fileName} has ${size(bytes)}; a report is read up to ${size(BYTES_MAX)}.`;
  if (first.startsWith('%PDF-'))
    return `${fileName} is a PDF, whose references cannot be read: choose the HTML, Markdown, JSON or YAML of the same report.`;
  if (first.startsWith('PK'))
    return `${fileName} is a pack: unzip it and choose the report or the manifest.json in it.`;
  return null;
}

export function FileChoice({
  label,
  chosen,
  onText,
}: {
  readonly label: string;
  /** Name of the file that is here already; null: none. */
  readonly chosen: string | null;
  readonly onText: (fileName: string, text: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  const read = async (file: File | undefined) => {
    if (file === undefined) return;
    const first = file.size > BYTES_MAX ? '' : await file.slice(0, 8).text();
    const because = refusal(file.name, file.size, first);
    setFault(because);
    if (because === null) onText(file.name, await file.text());
  };
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  return (
    <div className="verify__choice">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button in it does the same by key */}
      <div
        className="verify__drop"
        onDragOver={(event) => {
          if (hasFiles(event)) event.preventDefault();
        }}
        onDrop={(event) => {
          if (!hasFiles(event)) return;
          // The window would import it otherwise.
          event.preventDefault();
          void read(event.dataTransfer.files[0]);
        }}
      >
        <button type="button" className="btn btn--s" onClick={() => input.current?.click()}>
          <FileUp className="icon" aria-hidden="true" />
          {label}
        </button>
        <span className="meta clip">{chosen ?? 'or drop it here'}</span>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={label}
          onChange={(event) => {
            void read(event.target.files?.[0]);
            // The same file again is another choice.
            event.target.value = '';
          }}
        />
      </div>
      {fault === null ? null : (
        <p className="field__fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
