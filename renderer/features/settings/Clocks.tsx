/** Clocks of the open case: what was inferred and why, how nodes stand against each other, and what was given by hand. */
import { Undo2, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { FailureNote, Loading } from '../../components/States.tsx';
import { When } from '../../components/When.tsx';
import { counted } from '../../model/format.ts';
import { nodeLabel } from '../../model/node-names.ts';
import type { ClockOverride } from '../../model/types.ts';
import { useClocks, useNavigation, useSession, useStores } from '../../stores/stores.tsx';
import { ClockForm } from './ClockForm.tsx';
import { targetWords } from './clock-groups.ts';
import { FileZones } from './FileZones.tsx';
import { NodeClocks } from './NodeClocks.tsx';
import { useClockChange } from './use-clock-change.ts';

function useBundleName(): (bundle: string) => string {
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  return (id) => {
    const bundle = bundles.find((one) => one.id === id);
    return bundle === undefined ? 'a bundle that is not in the case' : `${nodeLabel(bundle)}, ${bundle.name}`;
  };
}

function Given({ overrides }: { readonly overrides: readonly ClockOverride[] }) {
  const bundleName = useBundleName();
  const { takeBack } = useClockChange();
  if (overrides.length === 0)
    return <p className="meta">Nothing is given by hand: what was inferred holds for every file.</p>;
  const words = (one: ClockOverride) => `${one.what} ${one.value} for ${targetWords(one, bundleName)}`;
  return (
    <table className="table table--flush clocks__given" aria-label="Given by hand">
      <thead>
        <tr>
          <th scope="col">Given</th>
          <th scope="col">For</th>
          <th scope="col">Since, UTC</th>
          <th scope="col">
            <span className="visually-hidden">Take back</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {overrides.map((one) => (
          <tr key={one.id}>
            <td>
              {one.what} <b className="mono">{one.value}</b>
            </td>
            <td className="mono" title={targetWords(one, bundleName)}>
              {targetWords(one, bundleName)}
            </td>
            <td>
              <When iso={one.setAt} />
            </td>
            <td>
              <button
                type="button"
                className="btn btn--s"
                aria-label={`Take back: ${words(one)}`}
                onClick={() => void takeBack([one], `Took back ${words(one)}`)}
              >
                <X className="icon" aria-hidden="true" />
                Take back
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Beside the form, where nearly all of it comes from; in sight wherever it comes from. */
function Refused() {
  const { clocks } = useStores();
  const failure = useClocks((state) => state.failure);
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (failure !== null) note.current?.scrollIntoView({ block: 'nearest' });
  }, [failure]);
  return (
    <div ref={note}>
      {failure === null ? null : <FailureNote failure={failure} onDismiss={() => clocks.getState().dismissFailure()} />}
    </div>
  );
}

function Ready() {
  const { clocks } = useStores();
  const { overrides, undos, asOf, alignments } = useClocks((state) => state);
  const nodes = useSession((state) => state.openCase?.bundles.length ?? 0);
  const { undo, takeBack } = useClockChange();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what made answers old is a reason to load them
  useEffect(() => clocks.getState().load(), [clocks, asOf]);
  const last = undos.at(-1);
  const given = overrides.state === 'ready' ? overrides.value : [];
  return (
    <>
      {last === undefined ? null : (
        <div className="clocks__acts">
          <button type="button" className="btn btn--s" title={`Undo: ${last.says}`} onClick={() => void undo()}>
            <Undo2 className="icon" aria-hidden="true" />
            Undo
          </button>
          <span className="meta clip">{last.says}</span>
        </div>
      )}
      {overrides.state === 'failed' ? (
        <FailureNote failure={overrides.failure} onRetry={() => clocks.getState().load()} />
      ) : overrides.state === 'ready' ? (
        <Given overrides={overrides.value} />
      ) : (
        <Loading what="Reading what was given" />
      )}
      {given.length < 2 ? null : (
        <button
          type="button"
          className="btn btn--s clocks__all"
          onClick={() => void takeBack(given, `Took back all ${counted(given.length, 'change')} of clocks`)}
        >
          Take all back
        </button>
      )}
      <h3>Nodes</h3>
      {nodes < 2 ? (
        <p className="meta">One bundle alone: there is no other clock to hold it against.</p>
      ) : alignments.state === 'failed' ? (
        <FailureNote failure={alignments.failure} onRetry={() => clocks.getState().load()} />
      ) : alignments.state === 'ready' ? (
        <NodeClocks alignments={alignments.value} overrides={given} />
      ) : (
        <Loading what="Holding the clocks of the nodes against each other" />
      )}
      <h3>Files</h3>
      <FileZones />
      <h3>Give by hand</h3>
      <Refused />
      <ClockForm />
    </>
  );
}

export function Clocks() {
  const openCase = useSession((state) => state.openCase);
  const asked = useNavigation(({ route }) => route.params.section === 'clocks');
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!asked) return;
    section.current?.scrollIntoView({ block: 'start' });
    section.current?.focus({ preventScroll: true });
  }, [asked]);
  return (
    <section className="section clocks" aria-label="Clocks" ref={section} tabIndex={-1}>
      <div className="section__head">
        <h2>Clocks</h2>
        <span className="meta">
          {openCase === null
            ? 'They are told of an open case.'
            : `Of the case ${openCase.title}. A zone or a shift holds on every screen at once, and can be taken back.`}
        </span>
      </div>
      {openCase === null || openCase.bundles.length === 0 ? null : <Ready />}
    </section>
  );
}
