/** A text of the draft that may not be empty: while it is, the last one stays. */
import { useEffect, useId, useState } from 'react';
import { useLastWord } from '../../components/use-last-word.ts';

export function DraftText({
  label,
  kept,
  when,
  onChange,
}: {
  readonly label: string;
  readonly kept: string;
  /** While it is typed, or once: when the box is left or goes away, or with Enter. */
  readonly when: 'typed' | 'left';
  /** Gets the text without white space around it, never an empty one. */
  readonly onChange: (text: string) => void;
}) {
  const [text, setText] = useState(kept);
  const said = useId();
  useEffect(() => setText((now) => (now.trim() === kept ? now : kept)), [kept]);
  const empty = text.trim() === '';
  const give = (typed: string) => {
    const next = typed.trim();
    if (next !== '' && next !== kept) onChange(next);
  };
  useLastWord(() => {
    if (when === 'left') give(text);
  });
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="input"
        type="text"
        maxLength={200}
        value={text}
        aria-invalid={empty}
        {...(empty ? { 'aria-describedby': said } : {})}
        onChange={(event) => {
          setText(event.target.value);
          if (when === 'typed') give(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') give(text);
        }}
        onBlur={() => {
          give(text);
          if (empty) setText(kept);
        }}
      />
      {empty ? (
        <small id={said} className="field__fault">
          At least one word is needed. Left empty, it stays “{kept}”.
        </small>
      ) : null}
    </label>
  );
}
