/** The rules of one chain as they were printed, where packets come from, and where they go. */
import { ArrowRight } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { captured } from '../../components/Captured.tsx';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { type Column, VirtualTable } from '../../components/VirtualTable.tsx';
import { count, counted } from '../../model/format.ts';
import type { RawChain, RawChainAnswer, RawRule } from '../../model/types.ts';
import { type ChainQuestion, chainKey } from '../../stores/network.ts';
import { useNetwork, useStores } from '../../stores/stores.tsx';
import { chainNamed, filterRules, questionOfChain, rowText, tableName } from './chain-list.ts';
import { useNodeName } from './parts.tsx';
import { chainRoute, lineRoute } from './routes.ts';

/** Drawn of a rule in its row; the selected one is shown whole below. */
const CHARS_SHOWN = 600;
const WHOLE_CHARS = 20_000;
const JUMPS_SHOWN = 12;

const COLUMNS: readonly Column<RawRule>[] = [
  { name: 'Nr', className: 'rules__place', numeric: true, cell: (rule) => rule.position },
  {
    name: 'Rule',
    cell: (rule) => <span className="mono">{captured(rowText(rule.text.slice(0, CHARS_SHOWN)))}</span>,
    title: (rule) => rule.text.slice(0, CHARS_SHOWN),
  },
  {
    name: 'Packets',
    className: 'rules__packets',
    numeric: true,
    cell: (rule) => (rule.packets === null ? <span className="meta">no counter</span> : count(rule.packets)),
  },
  { name: 'Line', className: 'rules__line', numeric: true, cell: (rule) => rule.line },
];

/** @returns a way to a chain of the same table, null when the dump does not hold it. */
function useJump(question: ChainQuestion, chains: readonly RawChain[]): (name: string) => (() => void) | null {
  const { network, navigation } = useStores();
  return (name) => {
    const target = chainNamed(chains, question, name);
    if (target === undefined) return null;
    return () => {
      network.getState().change({ rules: { text: '', selected: null, scroll: 0 } });
      navigation.getState().go(chainRoute(questionOfChain(target)));
    };
  };
}

function JumpsHere({
  answer,
  jump,
}: {
  readonly answer: RawChainAnswer;
  readonly jump: (name: string) => (() => void) | null;
}) {
  const { chain, jumpsHere } = answer;
  if (jumpsHere.length === 0)
    return <span className="meta">{chain.policy === null ? 'no rule jumps here' : 'the kernel starts here'}</span>;
  return (
    <span className="chips">
      <span className="meta">{counted(jumpsHere.length, 'jump')} here, from</span>
      {jumpsHere.slice(0, JUMPS_SHOWN).map((from) => {
        const go = jump(from.chain);
        return (
          <span key={`${from.chain} ${from.line}`} className="chips">
            {go === null ? (
              <span className="mono">{from.chain}</span>
            ) : (
              <button type="button" className="link mono" onClick={go}>
                {from.chain}
              </button>
            )}
            <EvidenceChip evidence={{ bundle: chain.bundle, file: chain.file, line: from.line, endLine: from.line }} />
          </span>
        );
      })}
      {jumpsHere.length > JUMPS_SHOWN ? (
        <span className="meta">and {counted(jumpsHere.length - JUMPS_SHOWN, 'more rule')}</span>
      ) : null}
    </span>
  );
}

/** The selected rule whole, with what it leads to. */
function Selected({
  rule,
  chain,
  jump,
}: {
  readonly rule: RawRule;
  readonly chain: RawChain;
  readonly jump: (name: string) => (() => void) | null;
}) {
  const go = rule.target === null ? null : jump(rule.target);
  return (
    <section className="rule" aria-label={`Rule ${rule.position}`}>
      <div className="rule__head">
        <h2>Rule {rule.position}</h2>
        <EvidenceChip evidence={{ bundle: chain.bundle, file: chain.file, line: rule.line, endLine: rule.line }} />
        <span className="meta">
          {rule.packets === null
            ? 'no counter captured'
            : `${counted(rule.packets, 'packet')}${rule.bytes === null ? '' : `, ${counted(rule.bytes, 'byte')}`} since it was written`}
        </span>
        <span className="grow" />
        {go === null ? null : (
          <button type="button" className="btn btn--s" onClick={go}>
            <ArrowRight className="icon" aria-hidden="true" />
            {rule.target}
          </button>
        )}
      </div>
      <code className="rule__text">{captured(rule.text.slice(0, WHOLE_CHARS))}</code>
      {rule.text.length > WHOLE_CHARS ? <p className="meta">The rest of this line is in Files.</p> : null}
    </section>
  );
}

function Ready({
  answer,
  question,
  chains,
}: {
  readonly answer: RawChainAnswer;
  readonly question: ChainQuestion;
  readonly chains: readonly RawChain[];
}) {
  const { network, navigation } = useStores();
  const rules = useNetwork((state) => state.rules);
  const nameOf = useNodeName();
  const { chain } = answer;
  const shown = useMemo(() => filterRules(answer.rules, rules.text), [answer, rules.text]);
  const jump = useJump(question, chains);
  const found = shown.findIndex((rule) => rule.position === rules.selected);
  const at = found >= 0 ? found : shown.length > 0 ? 0 : -1;
  const current = shown[at];
  const change = (part: Partial<typeof rules>) =>
    network.getState().change({ rules: { ...network.getState().rules, ...part } });
  return (
    <section className="chains__rules" aria-label={`Chain ${chain.name}`}>
      <div className="pane-head">
        <h2 className="mono clip">{chain.name}</h2>
        <span className="meta">
          {tableName(chain)}, {counted(answer.rules.length, 'rule')}
          {chain.policy === null ? '' : `, policy ${chain.policy}`} on {nameOf(chain.bundle)}
        </span>
        <EvidenceChip evidence={{ bundle: chain.bundle, file: chain.file, line: chain.line, endLine: chain.line }} />
        <span className="grow" />
        <input
          className="input input--s rules__filter"
          type="text"
          aria-label="Filter rules"
          placeholder="Filter rules"
          value={rules.text}
          onChange={(event) => change({ text: event.target.value, scroll: 0 })}
        />
      </div>
      <div className="chains__jumps">
        <JumpsHere answer={answer} jump={jump} />
      </div>
      {shown.length === 0 ? (
        <Empty
          mark={answer.rules.length === 0 ? 'info' : 'unknown'}
          title={answer.rules.length === 0 ? 'This chain holds no rule' : 'No rule passes this filter'}
        />
      ) : (
        <VirtualTable
          label="Rules"
          idPrefix="rule"
          columns={COLUMNS}
          rows={shown}
          rowKey={(rule) => String(rule.position)}
          selected={at}
          onSelect={(rule) => change({ selected: rule.position })}
          onOpen={(rule) => {
            const go = rule.target === null ? null : jump(rule.target);
            if (go !== null) go();
            else
              navigation
                .getState()
                .go(lineRoute(chain.bundle, { file: chain.file, line: rule.line, endLine: rule.line }));
          }}
          scroll={{ initial: rules.scroll, keep: (scroll) => change({ scroll }) }}
        />
      )}
      {current === undefined ? null : <Selected rule={current} chain={chain} jump={jump} />}
    </section>
  );
}

export function ChainRules({
  question,
  chains,
}: {
  readonly question: ChainQuestion;
  readonly chains: readonly RawChain[];
}) {
  const { network } = useStores();
  const answer = useNetwork((state) => state.chainAnswers.get(chainKey(question)));
  useEffect(() => {
    if (answer === undefined) network.getState().askChain(question);
  }, [answer, question, network]);
  if (answer?.state === 'ready') return <Ready answer={answer.value} question={question} chains={chains} />;
  return (
    <div className="chains__rules">
      {answer?.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={answer.failure} onRetry={() => network.getState().askChain(question)} />
        </div>
      ) : (
        <Loading what="Reading the rules" />
      )}
    </div>
  );
}
