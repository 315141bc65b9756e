/** What to send, from where, by which way; wrong input is said at its field. */
import { type FormEvent, useId } from 'react';
import type { BundleId, TraceNames } from '../../model/types.ts';
import type { TraceForm } from '../../stores/network.ts';
import { useNetwork, useStores } from '../../stores/stores.tsx';
import { useNodeName } from './parts.tsx';
import { FaultText, Suggest } from './Suggest.tsx';
import { type Fault, type Field, PROTOCOLS, suggestions, withDestination, withSender } from './trace-form.ts';

const NO_NAMES: TraceNames = { services: [], sources: [] };

/** @returns one suggestion a name: a service with two ports of one id is offered once. */
function unique<T extends { readonly value: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.value, item])).values()];
}

export function TraceFormBar({
  bundles,
  fault,
  onTrace,
}: {
  /** Nodes that can be traced on. */
  readonly bundles: readonly BundleId[];
  readonly fault: Fault | null;
  readonly onTrace: () => void;
}) {
  const { network } = useStores();
  const id = useId();
  const nameOf = useNodeName();
  const form = useNetwork((state) => state.form);
  const names = useNetwork((state) => (state.names.state === 'ready' ? state.names.value : NO_NAMES));
  const set = (next: TraceForm) => network.getState().change({ form: next });
  const at = (field: Field) => (fault?.field === field ? `${id}-fault` : null);
  const wrong = (field: Field) => {
    const described = at(field);
    return { 'aria-invalid': described !== null, ...(described === null ? {} : { 'aria-describedby': described }) };
  };
  const sources = suggestions(names.sources, form.bundle, form.from === 'node' ? '' : form.from, (one) => one.value);
  const services = suggestions(names.services, form.bundle, form.to, (one) => one.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onTrace();
  };
  return (
    <form className="trace-form" aria-label="Packet" onSubmit={submit} noValidate>
      {bundles.length > 1 ? (
        <label className="field">
          <span>On node</span>
          <select
            className="select"
            value={form.bundle ?? ''}
            {...wrong('bundle')}
            onChange={(event) =>
              set({
                ...form,
                bundle: bundles.find((one) => one === event.target.value) ?? null,
              })
            }
          >
            <option value="">Choose</option>
            {bundles.map((bundle) => (
              <option key={bundle} value={bundle}>
                {nameOf(bundle)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <Suggest
        label="From"
        value={form.from}
        placeholder="address, or node"
        items={sources}
        faultId={at('from')}
        onChange={(from) => set(withSender(form, from, names.sources))}
      />
      <Suggest
        label="To"
        value={form.to}
        placeholder="namespace/name:port, or ip:port"
        items={unique(services.map((one) => ({ value: one.id, detail: one.detail })))}
        faultId={at('to')}
        onChange={(to) => set(withDestination(form, to, names.services))}
      />
      <label className="field">
        <span>Protocol</span>
        <select
          className="select"
          value={form.protocol}
          {...wrong('protocol')}
          onChange={(event) => set({ ...form, protocol: event.target.value })}
        >
          {[...new Set([...PROTOCOLS, form.protocol])].map((protocol) => (
            <option key={protocol}>{protocol}</option>
          ))}
        </select>
      </label>
      <label className="field trace-form__interface">
        <span>In-interface</span>
        <input
          className="input mono"
          type="text"
          spellCheck={false}
          autoComplete="off"
          placeholder={form.from.trim() === 'node' ? 'none' : 'by the routes'}
          value={form.inInterface}
          {...wrong('inInterface')}
          onChange={(event) => set({ ...form, inInterface: event.target.value })}
        />
      </label>
      <label className="field">
        <span>Packet</span>
        <select
          className="select"
          title="The first packet of a connection, or a later one that conntrack knows"
          value={form.state}
          onChange={(event) => set({ ...form, state: event.target.value === 'established' ? 'established' : 'new' })}
        >
          <option value="new">first</option>
          <option value="established">later</option>
        </select>
      </label>
      <button type="submit" className="btn btn--primary">
        Trace
      </button>
      {fault === null ? null : <FaultText id={`${id}-fault`} fault={fault} />}
    </form>
  );
}
