/** A zone for files whose lines lack it, or a shift for a node whose clock ran wrong, as the engineer knows it. */
import { type FormEvent, useId, useState } from 'react';
import { nodeNames } from '../../model/node-names.ts';
import type { BundleId } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';
import { useClockChange } from './use-clock-change.ts';

const HINTS = {
  zone: '+02:00, UTC, Europe/Berlin',
  shift: '-90s, +2m, -1h30m',
} as const;

export function ClockForm() {
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  const files = useSession((state) => state.files);
  const { set } = useClockChange();
  const [what, setWhat] = useState<'zone' | 'shift'>('zone');
  const [bundle, setBundle] = useState('');
  const [file, setFile] = useState('');
  const [value, setValue] = useState('');
  const list = useId();
  const names = nodeNames(bundles).short;
  const chosen = bundles.find(({ id }) => id === bundle);
  const paths =
    files.state === 'ready'
      ? [
          ...new Set(
            files.value
              .filter(({ clock, bundle: of }) => clock.stamps !== 'none' && (bundle === '' || of === bundle))
              .map(({ path }) => path),
          ),
        ].sort()
      : [];
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const path = file.trim();
    const done = await set(
      {
        what,
        value: value.trim(),
        file: path === '' ? null : path,
        node: null,
        bundle: bundle === '' ? null : (bundle as BundleId),
      },
      `${what === 'zone' ? 'Zone' : 'Shift'} ${value.trim()} given for ${path === '' ? 'every file' : path} of ${chosen === undefined ? 'every node' : names.get(chosen.id)}`,
    );
    if (done === 'set') setValue('');
  };
  return (
    <form className="clocks__form" onSubmit={(event) => void submit(event)}>
      <label className="field">
        <span>What</span>
        <select
          className="select"
          value={what}
          onChange={(event) => setWhat(event.target.value === 'shift' ? 'shift' : 'zone')}
        >
          <option value="zone">Zone of local times</option>
          <option value="shift">Shift of a clock</option>
        </select>
      </label>
      <label className="field">
        <span>Node</span>
        <select className="select mono" value={bundle} onChange={(event) => setBundle(event.target.value)}>
          <option value="">every node</option>
          {bundles.map(({ id }) => (
            <option key={id} value={id}>
              {names.get(id)}
            </option>
          ))}
        </select>
      </label>
      <label className="field grow">
        <span>File, or a pattern as var_log/*.log; empty: every file</span>
        <input
          className="input input--s mono"
          type="text"
          list={list}
          spellCheck={false}
          value={file}
          onChange={(event) => setFile(event.target.value)}
        />
        <datalist id={list}>
          {paths.map((path) => (
            <option key={path} value={path} />
          ))}
        </datalist>
      </label>
      <label className="field">
        <span>{what === 'zone' ? 'Zone' : 'Shift'}</span>
        <input
          className="input input--s mono"
          type="text"
          spellCheck={false}
          placeholder={HINTS[what]}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <button type="submit" className="btn btn--s" disabled={value.trim() === ''}>
        Give
      </button>
    </form>
  );
}
