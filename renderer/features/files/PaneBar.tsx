/** The line above a file: its name, where to go in it, and how it is shown. */
import { type ReactNode, type RefObject, useState } from 'react';

export function PaneBar({
  path,
  input,
  label,
  hint,
  value,
  placeholder,
  onGo,
  onLeave,
  start,
  children,
}: {
  readonly path: string;
  /** The box that says where to go. */
  readonly input: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly hint: string;
  /** What stands in the box while nothing is typed. */
  readonly value: string;
  readonly placeholder: string;
  /** @returns what is wrong with what was typed; null when it led somewhere. */
  readonly onGo: (text: string) => Promise<string | null>;
  /** Puts the focus back on what is shown. */
  readonly onLeave: () => void;
  readonly start?: ReactNode;
  readonly children: ReactNode;
}) {
  const [wrong, setWrong] = useState<string | null>(null);
  return (
    <div className="viewer__bar">
      {start}
      <h1 className="mono clip grow" title={path}>
        {path}
      </h1>
      <form
        className="viewer__goto"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = input.current?.value ?? '';
          void onGo(typed).then((said) => {
            setWrong(said);
            if (said === null) onLeave();
            else input.current?.select();
          });
        }}
      >
        <input
          ref={input}
          className="input input--s mono"
          type="text"
          spellCheck={false}
          autoComplete="off"
          aria-label={label}
          aria-invalid={wrong !== null}
          title={hint}
          key={value}
          defaultValue={value}
          onChange={() => setWrong(null)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            onLeave();
          }}
          onBlur={(event) => {
            // What was typed and not gone to would read as the place that is shown.
            event.target.value = value;
            setWrong(null);
          }}
          placeholder={placeholder}
        />
        {wrong === null ? null : (
          <p className="viewer__wrong" role="alert">
            {wrong}
          </p>
        )}
      </form>
      <div className="viewer__tools">{children}</div>
    </div>
  );
}
