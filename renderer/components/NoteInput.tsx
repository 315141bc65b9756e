/** A note that is kept when its box is left, or goes away, or with Ctrl Enter. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useLastWord } from './use-last-word.ts';

interface Note {
  readonly kept: string;
  readonly label: string;
  readonly placeholder: string;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  /** Gets the note without white space around it, only when it changed. */
  readonly onKeep: (note: string) => void;
}

/** @param of what the note is about: another one has another box. */
export function NoteInput({ of, ...note }: Note & { readonly of: string }) {
  return <NoteBox key={of} {...note} />;
}

function NoteBox({ kept, label, placeholder, input, onKeep }: Note) {
  const [text, setText] = useState(kept);
  const before = useRef(kept);
  /** What was handed over last: its answer may still be on its way. */
  const given = useRef(kept);
  useEffect(() => {
    const was = before.current;
    before.current = kept;
    // What is being written stays, whatever comes from elsewhere.
    setText((now) => (now.trim() === was.trim() ? kept : now));
  }, [kept]);
  const keep = () => {
    given.current = text.trim();
    if (text.trim() !== kept.trim()) onKeep(text.trim());
  };
  useLastWord(() => {
    if (text.trim() !== given.current.trim()) keep();
  });
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
