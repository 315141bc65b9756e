/** One packet through the captured rules of one node. */
import { useEffect, useMemo, useState } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { AddToReport, type Pinnable, usePinAnswer } from '../../components/AddToReport.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { sentenceCase } from '../../model/format.ts';
import type { Trace, TraceOutcome } from '../../model/types.ts';
import { type TraceQuestion, traceKey } from '../../stores/network.ts';
import { useNavigation, useNetwork, useSession, useStores } from '../../stores/stores.tsx';
import { useNodeName } from './parts.tsx';
import { traceOf, traceRoute } from './routes.ts';
import { TraceFormBar } from './TraceFormBar.tsx';
import { TraceResult } from './TraceResult.tsx';
import { type Fault, faultOf, formOf, questionOf, sentTo } from './trace-form.ts';
import {
  addressWords,
  type Destination,
  outcomeMark,
  returnSentence,
  shareLabel,
  sourceSentence,
  verdictWord,
  worstFirst,
} from './words.ts';

const questionWords = (question: TraceQuestion) =>
  `${question.from} to ${question.to}, ${question.protocol}${question.state === 'new' ? '' : ', known connection'}`;

/** @returns the trace as the report asks for it, by the bundle it was made of. */
function pinnableTrace(
  { from, to, protocol, inInterface, state }: TraceQuestion,
  trace: Trace,
  node: string,
): Pinnable {
  return {
    question: {
      method: 'network.trace',
      input: { bundle: trace.bundle, node: null, from, to, protocol, inInterface, state },
    },
    title: `${from} to ${to}, ${protocol}, on ${node}`,
  };
}

/** @returns what a traced packet was sent to. */
function useSentTo(): (question: TraceQuestion, trace: Trace) => Destination {
  const services = useNetwork((state) => state.services);
  return (question, trace) => sentTo(question, trace, services.state === 'ready' ? services.value.services : []);
}

/** Traces of this session; each leads back to its answer. */
function Recent({ shown }: { readonly shown: string | null }) {
  const { navigation } = useStores();
  const recent = useNetwork((state) => state.recent);
  const traces = useNetwork((state) => state.traces);
  const nameOf = useNodeName();
  const sent = useSentTo();
  return (
    <InspectorBlock title="Traces of this session">
      {recent.length === 0 ? <p>None yet.</p> : null}
      <ul className="bullets">
        {recent.map((question) => {
          const key = traceKey(question);
          const answer = traces.get(key);
          const trace = answer?.state === 'ready' ? answer.value : null;
          const worst = trace === null ? undefined : worstFirst(trace.outcomes)[0]?.outcome;
          return (
            <li key={key}>
              <SeverityMark
                mark={worst === undefined || trace === null ? 'unknown' : outcomeMark(worst, sent(question, trace))}
              />
              <span>
                <button
                  type="button"
                  className="link mono"
                  {...(key === shown ? { 'aria-current': 'true' as const } : {})}
                  onClick={() => navigation.getState().go(traceRoute(question))}
                >
                  {questionWords(question)}
                </button>
                <small>
                  {question.bundle === null ? '' : `on ${nameOf(question.bundle)}`}
                  {key === shown ? ', shown' : ''}
                </small>
              </span>
            </li>
          );
        })}
      </ul>
    </InspectorBlock>
  );
}

function Details({ trace, outcome }: { readonly trace: Trace; readonly outcome: TraceOutcome }) {
  const nameOf = useNodeName();
  return (
    <>
      <InspectorBlock title="Packet">
        <dl className="kv">
          <dt>Node</dt>
          <dd className="mono">{nameOf(trace.bundle)}</dd>
          <dt>From</dt>
          {trace.source === null ? <dd>the node itself</dd> : <dd className="mono">{trace.source}</dd>}
          <dt>To</dt>
          <dd className="mono">
            {addressWords(trace.destination, trace.port)} {trace.protocol}
          </dd>
          <dt>Comes in by</dt>
          {trace.inInterface === null ? <dd>none: made on the node</dd> : <dd className="mono">{trace.inInterface}</dd>}
          <dt>State</dt>
          <dd>{trace.state === 'new' ? 'first packet of a connection' : 'of a connection that conntrack knows'}</dd>
        </dl>
      </InspectorBlock>
      <InspectorBlock title="This outcome">
        <dl className="kv">
          <dt>Share</dt>
          <dd>{shareLabel(outcome.share)}</dd>
          <dt>Endpoint</dt>
          {outcome.endpoint === null ? <dd>none</dd> : <dd className="mono">{outcome.endpoint}</dd>}
          <dt>Why</dt>
          <dd>{outcome.because}</dd>
          <dt>Sender seen</dt>
          <dd>{sourceSentence(outcome) ?? (outcome.verdict === 'unknown' ? 'not known' : 'nothing arrives')}</dd>
          {outcome.sourceNatRule === null ? null : (
            <>
              <dt>By the rule</dt>
              <dd className="mono">{outcome.sourceNatRule}</dd>
            </>
          )}
          <dt>Replies</dt>
          <dd>{returnSentence(outcome).text}</dd>
        </dl>
      </InspectorBlock>
    </>
  );
}

function Side({
  trace,
  outcome,
  to,
  shown,
}: {
  readonly trace: Trace | null;
  readonly outcome: TraceOutcome | null;
  readonly to: Destination;
  readonly shown: string | null;
}) {
  return (
    <Inspector
      kind={
        outcome === null ? (
          'Trace'
        ) : (
          <>
            <SeverityMark mark={outcomeMark(outcome, to)} label={null} />
            {verdictWord(outcome.verdict)}, {shareLabel(outcome.share)}
          </>
        )
      }
      title={
        trace === null ? 'No trace is shown' : (outcome?.endpoint ?? sentenceCase(outcome?.because ?? 'no outcome'))
      }
    >
      {trace === null || outcome === null ? null : <Details trace={trace} outcome={outcome} />}
      <Recent shown={shown} />
    </Inspector>
  );
}

function Hints() {
  return (
    <Empty title="Trace a packet through the captured rules">
      <p>The rules, routes and virtual servers of one node are followed as its kernel would follow them.</p>
      <dl className="kv">
        <dt>From</dt>
        <dd>the address of a pod, or node for a packet that is made on the node</dd>
        <dt>To</dt>
        <dd>a service as namespace/name:port, or an address with its port</dd>
      </dl>
    </Empty>
  );
}

export function TraceTab() {
  const { network, navigation } = useStores();
  const params = useNavigation((state) => state.route.params);
  const bundles = useSession((state) => state.openCase?.bundles);
  const names = useNetwork((state) => state.names.state);
  const services = useNetwork((state) => state.services.state);
  const traces = useNetwork((state) => state.traces);
  const outcomes = useNetwork((state) => state.outcomes);
  const bundleIds = useMemo(() => (bundles ?? []).map((bundle) => bundle.id), [bundles]);
  const question = useMemo(() => traceOf(params), [params]);
  const key = question === null ? null : traceKey(question);
  const answer = key === null ? undefined : traces.get(key);
  /** What is missing in the form, told before the engine is asked. */
  const [missing, setMissing] = useState<Fault | null>(null);

  useEffect(() => {
    if (names === 'idle') network.getState().load('names');
    // Tells whether an address is a service's.
    if (services === 'idle') network.getState().load('services');
  }, [names, services, network]);
  useEffect(() => {
    // A link, a button elsewhere, or back and forward bring a question: the form shows it, and it is asked once.
    if (question === null) {
      const { form } = network.getState();
      const [only] = bundleIds;
      if (form.bundle === null && bundleIds.length === 1 && only !== undefined)
        network.getState().change({ form: { ...form, bundle: only } });
      return;
    }
    setMissing(null);
    network.getState().change({ form: formOf(question) });
    if (!network.getState().traces.has(traceKey(question))) network.getState().askTrace(question);
  }, [question, bundleIds, network]);
  useEffect(() => {
    // Forgotten with its case's bundles, e.g. after another import: asked again.
    if (question !== null && answer === undefined) network.getState().askTrace(question);
  }, [question, answer, network]);

  const run = () => {
    const asked = questionOf(network.getState().form, bundleIds);
    if ('fault' in asked) {
      setMissing(asked.fault);
      return;
    }
    setMissing(null);
    network.getState().askTrace(asked.question);
    navigation.getState().go(traceRoute(asked.question));
  };
  const refused =
    answer?.state === 'failed' && question !== null && answer.failure.code === 'wrong-usage'
      ? faultOf(answer.failure, question)
      : null;
  const trace = answer?.state === 'ready' ? answer.value : null;
  const sent = useSentTo();
  const to = trace === null || question === null ? 'address' : sent(question, trace);
  const first = trace === null ? undefined : worstFirst(trace.outcomes)[0]?.index;
  const selected = (key === null ? undefined : outcomes.get(key)) ?? first ?? 0;
  const outcome = trace?.outcomes[selected] ?? null;
  const nameOf = useNodeName();
  const pinnable = trace === null || question === null ? null : pinnableTrace(question, trace, nameOf(trace.bundle));
  const pin = usePinAnswer();
  useScreenKeys({
    pin: () => {
      if (pinnable !== null) void pin(pinnable);
    },
  });
  return (
    <>
      <div className="centre">
        {trace === null ? <h1 className="visually-hidden">Trace</h1> : null}
        <TraceFormBar bundles={bundleIds} fault={missing ?? refused} onTrace={run} />
        {answer === undefined ? <Hints /> : null}
        {answer?.state === 'loading' ? <Loading what="Following the packet" /> : null}
        {answer?.state === 'failed' && refused === null ? (
          <div className="section">
            <FailureNote failure={answer.failure} onRetry={run} />
          </div>
        ) : null}
        {trace === null ? null : (
          <TraceResult
            trace={trace}
            to={to}
            selected={selected}
            actions={pinnable === null ? null : <AddToReport pinnable={pinnable} keys="P" />}
            onSelect={(index) => {
              if (key !== null) network.getState().change({ outcomes: new Map([...outcomes, [key, index]]) });
            }}
          />
        )}
      </div>
      <Side trace={trace} outcome={outcome} to={to} shown={key} />
    </>
  );
}
