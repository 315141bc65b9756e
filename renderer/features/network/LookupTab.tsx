/** Who an address is: everything captured that names it, by what it is. */
import { Search } from 'lucide-react';
import { type FormEvent, useEffect, useMemo } from 'react';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { Prose } from '../../components/Prose.tsx';
import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { inScope } from '../../model/derive.ts';
import { count, counted, listed, sentenceCase } from '../../model/format.ts';
import type { AddressAnswer, AddressFact } from '../../model/types.ts';
import { useNavigation, useNetwork, useSession, useStores } from '../../stores/stores.tsx';
import { useNodeName } from './parts.tsx';
import { lookupRoute } from './routes.ts';

/** @returns the facts by kind, in the order in which the engine gave the kinds. */
export function byKind(
  facts: readonly AddressFact[],
): readonly { readonly kind: string; readonly facts: readonly AddressFact[] }[] {
  const kinds = [...new Set(facts.map((fact) => fact.kind))];
  return kinds.map((kind) => ({ kind, facts: facts.filter((fact) => fact.kind === kind) }));
}

function Fact({ fact, several }: { readonly fact: AddressFact; readonly several: 'several' | 'one' }) {
  const nameOf = useNodeName();
  const more = fact.count - fact.evidence.length;
  return (
    <li className="fact">
      <p>
        {several === 'several' ? <span className="mono meta">{nameOf(fact.bundle)} </span> : null}
        <Prose text={fact.sentence} />
      </p>
      <span className="chips">
        {fact.evidence.map((evidence) => (
          <EvidenceChip key={`${evidence.file} ${evidence.line}`} evidence={evidence} />
        ))}
        {more > 0 ? <span className="meta">and {counted(more, 'more line')}</span> : null}
      </span>
    </li>
  );
}

function Answer({ answer }: { readonly answer: AddressAnswer }) {
  const hidden = useSession((state) => state.hidden);
  const several = useSession((state) => (state.openCase?.bundles.length ?? 0) > 1);
  const facts = useMemo(() => inScope(answer.facts, hidden), [answer, hidden]);
  const groups = byKind(facts);
  return (
    <>
      <div className="section">
        <h1>
          {facts.length === 0
            ? `Nothing that was captured names ${answer.address}.`
            : `${answer.address} is named as ${listed(groups.map(({ kind }) => kind))}.`}
        </h1>
        {answer.facts.length > facts.length ? (
          <p className="meta">{counted(answer.facts.length - facts.length, 'fact')} of nodes out of scope left out.</p>
        ) : null}
      </div>
      <section className="section" aria-label="Not known">
        <h2>Not known</h2>
        <ul className="bullets">
          {answer.notKnown.length === 0 ? (
            <li>
              <SeverityMark mark="pass" label={null} />
              <span>Everything that could name it was captured.</span>
            </li>
          ) : null}
          {answer.notKnown.map((text) => (
            <li key={text}>
              <SeverityMark mark="unknown" label={null} />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      </section>
      {groups.map(({ kind, facts: own }) => (
        <Section key={kind} title={sentenceCase(kind)} says={count(own.length)}>
          <ul className="facts">
            {own.map((fact, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two facts can say the same
              <Fact key={index} fact={fact} several={several ? 'several' : 'one'} />
            ))}
          </ul>
        </Section>
      ))}
    </>
  );
}

export function LookupTab() {
  const { network, navigation } = useStores();
  const address = useNavigation((state) => state.route.params.address);
  const draft = useNetwork((state) => state.lookupDraft);
  const answer = useNetwork((state) => (address === undefined ? undefined : state.lookups.get(address)));
  useEffect(() => {
    if (address !== undefined) network.getState().change({ lookupDraft: address });
  }, [address, network]);
  useEffect(() => {
    if (address !== undefined && answer === undefined) network.getState().askLookup(address);
  }, [address, answer, network]);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    const wanted = draft.trim();
    if (wanted === '') return;
    network.getState().askLookup(wanted);
    navigation.getState().go(lookupRoute(wanted));
  };
  return (
    <div className="centre">
      <form className="lookup-form" aria-label="Address" onSubmit={ask}>
        <label className="field grow">
          <span>Who is</span>
          <input
            className="input mono"
            type="text"
            spellCheck={false}
            autoComplete="off"
            placeholder="an IPv4 or IPv6 address"
            value={draft}
            onChange={(event) => network.getState().change({ lookupDraft: event.target.value })}
          />
        </label>
        <button type="submit" className="btn btn--primary">
          <Search className="icon" aria-hidden="true" />
          Look up
        </button>
      </form>
      {answer?.state === 'ready' ? (
        <Answer answer={answer.value} />
      ) : answer?.state === 'failed' ? (
        <div className="section">
          <FailureNote
            failure={answer.failure}
            {...(address === undefined || answer.failure.code === 'wrong-usage'
              ? {}
              : { onRetry: () => network.getState().askLookup(address) })}
          />
        </div>
      ) : address === undefined ? (
        <>
          <h1 className="visually-hidden">Lookup</h1>
          <Empty title="Who is this address">
            <p>Everything captured that names it as a whole address: pods, services, routes, rules, sets, log lines.</p>
          </Empty>
        </>
      ) : (
        <Loading what="Looking through everything that was captured" />
      )}
    </div>
  );
}
