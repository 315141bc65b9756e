/** A note that is kept when its box is left, or with Ctrl Enter. */
import { type RefObject, useEffect, useState } from 'react';

export function NoteInput({
  of,
  kept,
  label,
  placeholder,
  input,
  onKeep,
}: {
  /** What the note is about: another one has another note. */
  readonly of: string;
  readonly kept: string;
  readonly label: string;
  readonly placeholder: string;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  /** Gets the note without white space around it, only when it changed. */
  readonly onKeep: (note: string) => void;
}) {
  const [text, setText] = useState(kept);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one has another note
  useEffect(() => setText(kept), [kept, of]);
  const keep = () => {
    if (text.trim() !== kept.trim()) onKeep(text.trim());
  };
  return (
    <textarea
      ref={input}
      className="input note-input"
      aria-label={label}
      placeholder={placeholder}
      rows={2}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        keep();
      }}
    />
  );
}
