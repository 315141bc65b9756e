/** The chains as they were captured: a list of all, and the rules of one. */
import { useEffect, useMemo } from 'react';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { type Column, VirtualTable } from '../../components/VirtualTable.tsx';
import { inScope } from '../../model/derive.ts';
import { count } from '../../model/format.ts';
import type { BundleId, RawChain } from '../../model/types.ts';
import { type ChainQuestion, chainKey } from '../../stores/network.ts';
import { useNavigation, useNetwork, useSession, useStores } from '../../stores/stores.tsx';
import { ChainRules } from './ChainRules.tsx';
import { filterChains, questionOfChain, tableName, tableNames } from './chain-list.ts';
import { useNodeName } from './parts.tsx';
import { chainOf, chainRoute } from './routes.ts';

function columnsFor(nameOf: ((bundle: BundleId) => string) | null): readonly Column<RawChain>[] {
  return [
    {
      name: 'Chain',
      cell: (chain) => <span className="mono">{chain.name}</span>,
      title: (chain) => `${chain.name}\n${chain.file}:${chain.line}`,
    },
    { name: 'Table', className: 'chains__table', cell: tableName },
    { name: 'Rules', className: 'chains__count', numeric: true, cell: (chain) => count(chain.rules) },
    ...(nameOf !== null
      ? [
          {
            name: 'Node',
            className: 'chains__node',
            cell: (chain: RawChain) => <span className="mono">{nameOf(chain.bundle)}</span>,
            title: (chain: RawChain) => chain.node ?? nameOf(chain.bundle),
          },
        ]
      : []),
  ];
}

function List({ chains, current }: { readonly chains: readonly RawChain[]; readonly current: ChainQuestion | null }) {
  const { network, navigation } = useStores();
  const list = useNetwork((state) => state.chainList);
  const several = useMemo(() => new Set(chains.map((chain) => chain.bundle)).size > 1, [chains]);
  const shown = useMemo(() => filterChains(chains, list.text, list.table), [chains, list.text, list.table]);
  const nameOf = useNodeName('differing');
  const columns = useMemo(() => columnsFor(several ? nameOf : null), [several, nameOf]);
  const key = current === null ? '' : chainKey(current);
  const at = shown.findIndex((chain) => chainKey(questionOfChain(chain)) === key);
  const change = (part: Partial<typeof list>) =>
    network.getState().change({ chainList: { ...network.getState().chainList, ...part } });
  return (
    <section className="chains__list" aria-label="Chains of the case">
      <div className="pane-head">
        <input
          className="input input--s grow"
          type="text"
          aria-label="Filter chains"
          placeholder="Filter chains"
          value={list.text}
          onChange={(event) => change({ text: event.target.value, scroll: 0 })}
        />
        <select
          className="select"
          aria-label="Table"
          value={list.table ?? ''}
          onChange={(event) => change({ table: event.target.value === '' ? null : event.target.value, scroll: 0 })}
        >
          <option value="">All tables</option>
          {tableNames(chains).map((table) => (
            <option key={table}>{table}</option>
          ))}
        </select>
      </div>
      <p className="meta chains__shown" role="status">
        {count(shown.length)} {shown.length === 1 ? 'chain' : 'chains'}
        {shown.length < chains.length ? ` of ${count(chains.length)}` : ''}
      </p>
      {shown.length === 0 ? (
        <Empty mark="unknown" title={chains.length === 0 ? 'No chain was captured' : 'No chain passes this filter'} />
      ) : (
        <VirtualTable
          main
          label="Chains"
          idPrefix="chain"
          columns={columns}
          rows={shown}
          rowKey={(chain) => chainKey(questionOfChain(chain))}
          selected={at}
          onSelect={(chain) => {
            const route = chainRoute(questionOfChain(chain));
            network.getState().change({ rules: { text: '', selected: null, scroll: 0 } });
            // Walking down the list makes no history; jumping from a rule does.
            navigation.getState().replace(route);
          }}
          scroll={{ initial: list.scroll, keep: (scroll) => change({ scroll }) }}
        />
      )}
    </section>
  );
}

function Ready({ chains }: { readonly chains: readonly RawChain[] }) {
  const params = useNavigation((state) => state.route.params);
  const hidden = useSession((state) => state.hidden);
  const scoped = useMemo(() => inScope(chains, hidden), [chains, hidden]);
  const current = useMemo(() => chainOf(params), [params]);
  return (
    <div className="centre centre--fixed chains">
      <h1 className="visually-hidden">Chains</h1>
      <List chains={scoped} current={current} />
      {current === null ? (
        <Empty title="No chain is chosen">
          <p>Choose one on the left: its rules, and where packets come to it from, are shown here.</p>
        </Empty>
      ) : (
        <ChainRules key={chainKey(current)} question={current} chains={chains} />
      )}
    </div>
  );
}

export function ChainsTab() {
  const { network } = useStores();
  const chains = useNetwork((state) => state.chains);
  useEffect(() => {
    if (chains.state === 'idle') network.getState().load('chains');
  }, [chains.state, network]);
  if (chains.state === 'ready') return <Ready chains={chains.value} />;
  return (
    <div className="centre">
      {chains.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={chains.failure} onRetry={() => network.getState().load('chains')} />
        </div>
      ) : (
        <Loading what="Reading the captured chains" />
      )}
    </div>
  );
}
