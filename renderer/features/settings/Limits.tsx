/** Limits that may be raised on this machine, each with why it is there. */
import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../../components/IconButton.tsx';
import { Section } from '../../components/Section.tsx';
import { count, sentenceCase } from '../../model/format.ts';
import type { RaisableLimit, SettingsAnswer } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';

function Limit({ limit }: { readonly limit: RaisableLimit }) {
  const { settings: store, screens } = useStores();
  const [text, setText] = useState(String(limit.value));
  useEffect(() => setText(String(limit.value)), [limit.value]);
  const value = Number(text.replaceAll(/[ ,_]/g, ''));
  const wrong =
    !Number.isInteger(value) || value < limit.usual || value > limit.most
      ? `A whole number from ${count(limit.usual)} to ${count(limit.most)}`
      : null;
  const keep = async (next: number) => {
    if (next === limit.value) return;
    const done = await store.getState().edit((now) => ({ ...now, limits: { ...now.limits, [limit.name]: next } }));
    if (done === 'kept')
      screens.getState().announce(`${limit.title}: ${count(next)} ${limit.unit}, from the next import on`);
    else setText(String(limit.value));
  };
  const hint = `limit-${limit.name}`;
  return (
    <li className="limit">
      <div>
        <label htmlFor={`${hint}-input`}>{limit.title}</label>
        <p className="meta">{sentenceCase(limit.because)}.</p>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === null) void keep(value);
        }}
      >
        <input
          id={`${hint}-input`}
          className="input input--s mono"
          type="text"
          inputMode="numeric"
          aria-describedby={hint}
          aria-invalid={wrong !== null}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => {
            if (wrong === null) void keep(value);
          }}
        />
        <span className="meta">{limit.unit}</span>
        <IconButton
          icon={RotateCcw}
          look="quiet"
          label={`Back to the usual: ${count(limit.usual)} ${limit.unit}`}
          disabled={limit.value === limit.usual}
          onClick={() => void keep(limit.usual)}
        />
        <p id={hint} className={wrong === null ? 'meta' : 'pen-wrong'} role={wrong === null ? undefined : 'alert'}>
          {wrong ?? `usually ${count(limit.usual)}, at most ${count(limit.most)}`}
        </p>
      </form>
    </li>
  );
}

export function Limits({ answer }: { readonly answer: SettingsAnswer }) {
  return (
    <Section title="Limits" says="They hold from the next import on, and cannot be lowered.">
      <ul>
        {answer.limits.map((limit) => (
          <Limit key={limit.name} limit={limit} />
        ))}
      </ul>
    </Section>
  );
}
