/** From what is typed into the trace form to a question for the engine, and from its refusal to the field at fault. Pure. */
import type { BundleId, Failure, ServiceRow, Trace, TraceNames } from '../../model/types.ts';
import type { TraceForm, TraceQuestion } from '../../stores/network.ts';
import type { Destination } from './words.ts';

export type Field = 'bundle' | 'from' | 'to' | 'protocol' | 'inInterface';

export interface Fault {
  /** Null when no single field is at fault. */
  readonly field: Field | null;
  readonly message: string;
  readonly advice: string | null;
}

export const PROTOCOLS = ['tcp', 'udp', 'sctp', 'icmp'] as const;

type Source = TraceNames['sources'][number];
type Service = TraceNames['services'][number];

/** More than this is no help; the next letter narrows it. */
const SUGGESTIONS = 50;

/**
 * What can be told without the engine: what is missing. Everything else is the engine's to judge, in its own words.
 * @param bundles ids of the nodes that can be traced on.
 */
export function questionOf(
  form: TraceForm,
  bundles: readonly BundleId[],
): { readonly question: TraceQuestion } | { readonly fault: Fault } {
  const fault = (field: Field, message: string, advice: string) => ({ fault: { field, message, advice } });
  const bundle = form.bundle ?? (bundles.length === 1 ? (bundles[0] ?? null) : null);
  if (bundle === null || !bundles.includes(bundle))
    return fault('bundle', 'No node is chosen', 'Choose the node whose rules the packet meets.');
  const from = form.from.trim();
  const to = form.to.trim();
  if (from === '')
    return fault('from', 'The sender is missing', 'Give the address of a pod, or node for the node itself.');
  if (to === '') return fault('to', 'The destination is missing', 'Give a service, or an address with its port.');
  const inInterface = form.inInterface.trim();
  return {
    question: {
      bundle,
      from,
      to,
      protocol: form.protocol,
      inInterface: inInterface === '' ? null : inInterface,
      state: form.state,
    },
  };
}

/** @returns the form that asks this question. */
export function formOf(question: TraceQuestion): TraceForm {
  return { ...question, inInterface: question.inInterface ?? '' };
}

/**
 * @param services rows of all nodes.
 * @returns whether a packet goes to a service of the node, named or by its cluster IP and port.
 */
export function sentTo(
  question: Pick<TraceQuestion, 'to'>,
  trace: Pick<Trace, 'bundle' | 'destination' | 'port'>,
  services: readonly Pick<ServiceRow, 'bundle' | 'clusterIP' | 'servicePort'>[],
): Destination {
  if (question.to.includes('/')) return 'service';
  const known = services.some(
    (one) => one.bundle === trace.bundle && one.clusterIP === trace.destination && one.servicePort === trace.port,
  );
  return known ? 'service' : 'address';
}

/** @returns where in the form the engine's refusal belongs: it names the text that is wrong. */
export function faultOf(failure: Failure, question: TraceQuestion): Fault {
  const said = { message: failure.message, advice: failure.advice };
  if (failure.code !== 'wrong-usage' || failure.where === null) return { field: null, ...said };
  const fields: readonly (readonly [Field, string | null])[] = [
    ['to', question.to],
    ['from', question.from],
    ['inInterface', question.inInterface],
    ['protocol', question.protocol],
  ];
  const found = fields.find(([, text]) => text !== null && text === failure.where);
  return { field: found?.[0] ?? null, ...said };
}

/** @returns the form with another sender; an interface that came with the sender before goes with it. */
export function withSender(form: TraceForm, from: string, sources: readonly Source[]): TraceForm {
  const interfaceOf = (value: string) =>
    sources.find((one) => one.value === value.trim() && one.bundle === form.bundle)?.interface ?? '';
  const byHand = form.inInterface.trim() !== '' && form.inInterface !== interfaceOf(form.from);
  return { ...form, from, inInterface: byHand ? form.inInterface : interfaceOf(from) };
}

/** @returns the form with the protocol of the service that `to` names, when it names one. */
export function withDestination(form: TraceForm, to: string, services: readonly Service[]): TraceForm {
  const known = services.find((one) => one.id === to.trim() && one.bundle === form.bundle);
  const protocol = PROTOCOLS.find((one) => known?.detail.split(/\s/).includes(one));
  return { ...form, to, protocol: protocol ?? form.protocol };
}

/** @returns the first names of a node that hold every typed word, those that begin with the text before the others. */
export function suggestions<T extends { readonly bundle: BundleId; readonly detail: string }>(
  all: readonly T[],
  bundle: BundleId | null,
  typed: string,
  nameOf: (one: T) => string,
): readonly T[] {
  const text = typed.trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const own = all.filter((one) => {
    if (one.bundle !== bundle) return false;
    const said = `${nameOf(one)} ${one.detail}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
  const first = own.filter((one) => nameOf(one).toLowerCase().startsWith(text));
  const rest = own.filter((one) => !nameOf(one).toLowerCase().startsWith(text));
  return [...first, ...rest].slice(0, SUGGESTIONS);
}
