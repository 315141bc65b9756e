/** Every service port of every node, impaired ones first. */
import { useEffect, useMemo } from 'react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { type Column, VirtualTable } from '../../components/VirtualTable.tsx';
import { inScope } from '../../model/derive.ts';
import { count, sentenceCase } from '../../model/format.ts';
import type { BundleId, HealthLevel, NetworkNode, ServiceRow, ServicesAnswer } from '../../model/types.ts';
import { ALL_LEVELS, NO_LIST_FILTERS, type ServiceList, type ServiceSort } from '../../stores/network.ts';
import { useNetwork, useSession, useStores } from '../../stores/stores.tsx';
import { Health, Said, useNodeName } from './parts.tsx';
import { graphRoute } from './routes.ts';
import { ServiceInspector } from './ServiceInspector.tsx';
import {
  clusterAddress,
  countByLevel,
  filesOfCounters,
  filterServices,
  healthMark,
  healthWord,
  hitsWords,
  modeWords,
  serviceKey,
  servicesSentence,
  sortServices,
} from './services.ts';

const SORTS: readonly { readonly sort: ServiceSort; readonly name: string }[] = [
  { sort: 'health', name: 'Impaired first' },
  { sort: 'name', name: 'By name' },
  { sort: 'hits', name: 'Most hits first' },
];

const hits = (packets: number | null) => (packets === null ? <span className="meta">no counter</span> : count(packets));

/** @param nameOf null when there is one node: its name would fill a column with itself. */
function columnsFor(nameOf: ((bundle: BundleId) => string) | null): readonly Column<ServiceRow>[] {
  return [
    {
      name: 'Health',
      className: 'services__health',
      cell: (row) => <Health health={row.health} />,
      title: (row) => row.health.because,
    },
    {
      name: 'Service',
      cell: (row) =>
        row.namespace !== null && row.id.startsWith(`${row.namespace}/`) ? (
          <>
            <span className="meta">{row.namespace}/</span>
            {row.id.slice(row.namespace.length + 1)}
          </>
        ) : (
          row.id
        ),
      title: (row) => row.id,
    },
    { name: 'Proto', className: 'services__proto', cell: (row) => row.protocol },
    {
      name: 'Cluster IP',
      className: 'services__ip',
      // A rule that is missing does not say that the service has no address.
      cell: (row) => {
        const address = clusterAddress(row);
        return address === null ? (
          <span className="meta">not in the rules</span>
        ) : (
          <span className="mono">{address}</span>
        );
      },
      title: (row) => clusterAddress(row) ?? 'no rule for a cluster IP',
    },
    {
      name: 'Node port',
      className: 'services__port',
      numeric: true,
      cell: (row) => row.nodePort ?? <span className="meta">none</span>,
    },
    { name: 'Endpoints', className: 'services__endpoints', numeric: true, cell: (row) => count(row.endpoints.length) },
    {
      name: 'Hits',
      className: 'services__hits',
      numeric: true,
      cell: (row) => hits(row.packets),
      title: hitsWords,
    },
    ...(nameOf !== null
      ? [
          {
            name: 'Node',
            className: 'services__node',
            cell: (row: ServiceRow) => <span className="mono">{nameOf(row.bundle)}</span>,
            title: (row: ServiceRow) => row.node ?? `${nameOf(row.bundle)}: which node it is of is not known`,
          },
        ]
      : []),
  ];
}

/** Where the services were read from, and what that leaves open; never folded away. */
function ReadFrom({ nodes, rows }: { readonly nodes: readonly NetworkNode[]; readonly rows: readonly ServiceRow[] }) {
  const nameOf = useNodeName();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key
    <ul className="bullets services__read" aria-label="Read from, and what is not known" tabIndex={0}>
      {nodes.map((node) => {
        const who = nodes.length > 1 ? `${nameOf(node.bundle)}: ` : '';
        const files = node.readFrom.length === 0 ? 'nothing' : node.readFrom.join(', ');
        const counters = filesOfCounters(rows.filter((row) => row.bundle === node.bundle));
        return [
          <Said key={node.bundle} mark="info">
            {who}
            {modeWords(node.mode)}: {node.modeBecause}. Read from <span className="mono">{files}</span>
            {counters.length === 0 ? null : (
              <>
                , hits from <span className="mono">{counters.join(', ')}</span>
              </>
            )}
          </Said>,
          ...node.notKnown.map((text) => (
            <Said key={`${node.bundle} ${text}`} mark="unknown">
              {who}
              {text}
            </Said>
          )),
        ];
      })}
    </ul>
  );
}

function FilterBar({ rows, shown }: { readonly rows: readonly ServiceRow[]; readonly shown: number }) {
  const { network } = useStores();
  const list = useNetwork((state) => state.list);
  const counts = useMemo(() => countByLevel(rows), [rows]);
  const set = (part: Partial<ServiceList>) => network.getState().change({ list: { ...list, scroll: 0, ...part } });
  const toggle = (level: HealthLevel) => {
    const levels = new Set(list.levels);
    if (!levels.delete(level)) levels.add(level);
    set({ levels });
  };
  return (
    <div className="pane-head">
      <input
        className="input input--s services__filter"
        type="text"
        aria-label="Filter services"
        placeholder="Name, address or port"
        value={list.text}
        onChange={(event) => set({ text: event.target.value })}
      />
      <span className="meta grow" role="status">
        {count(shown)} shown{shown < rows.length ? ` of ${count(rows.length)}` : ''}
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
      <span className="toggles" role="group" aria-label="Health shown">
        {ALL_LEVELS.map((level) => (
          <button
            key={level}
            type="button"
            aria-pressed={list.levels.has(level)}
            aria-label={`${sentenceCase(healthWord(level))}, ${counts.get(level) ?? 0}`}
            title={sentenceCase(healthWord(level))}
            onClick={() => toggle(level)}
          >
            <SeverityMark mark={level === 'impaired' ? 'high' : healthMark({ level, severity: null })} label={null} />
            {count(counts.get(level) ?? 0)}
          </button>
        ))}
      </span>
      <select
        className="select"
        aria-label="Order"
        value={list.sort}
        onChange={(event) => set({ sort: SORTS.find(({ sort }) => sort === event.target.value)?.sort ?? 'health' })}
      >
        {SORTS.map(({ sort, name }) => (
          <option key={sort} value={sort}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Ready({ answer }: { readonly answer: ServicesAnswer }) {
  const { network, navigation } = useStores();
  const list = useNetwork((state) => state.list);
  const hidden = useSession((state) => state.hidden);
  const nameOf = useNodeName();
  const short = useNodeName('differing');
  const rows = useMemo(() => inScope(answer.services, hidden), [answer, hidden]);
  const nodes = useMemo(() => inScope(answer.nodes, hidden), [answer, hidden]);
  const { text, levels, sort } = list;
  const shown = useMemo(() => sortServices(filterServices(rows, { text, levels }), sort), [rows, text, levels, sort]);
  const columns = useMemo(() => columnsFor(nodes.length > 1 ? short : null), [nodes.length, short]);
  const sentence = useMemo(() => servicesSentence(rows, nodes, nameOf), [rows, nodes, nameOf]);
  const found = shown.findIndex((row) => serviceKey(row) === list.selected);
  const at = found >= 0 ? found : shown.length > 0 ? 0 : -1;
  const current = shown[at];
  const change = (part: Partial<ServiceList>) =>
    network.getState().change({ list: { ...network.getState().list, ...part } });
  return (
    <>
      <div className="centre centre--fixed">
        <div className="network__answer">
          <h1>{sentence}</h1>
          <ReadFrom nodes={nodes} rows={rows} />
        </div>
        <FilterBar rows={rows} shown={shown.length} />
        {shown.length === 0 ? (
          <Empty mark="unknown" title={rows.length === 0 ? 'No service was read' : 'No service passes these filters'}>
            {rows.length === 0 ? (
              <p>What was read, and what was not, stands above.</p>
            ) : (
              <button type="button" className="btn" onClick={() => change({ ...NO_LIST_FILTERS })}>
                Clear the filters
              </button>
            )}
          </Empty>
        ) : (
          <VirtualTable
            main
            label="Services"
            idPrefix="service"
            columns={columns}
            rows={shown}
            rowKey={serviceKey}
            selected={at}
            onSelect={(row) => change({ selected: serviceKey(row) })}
            onOpen={(row) =>
              navigation.getState().go(graphRoute({ bundle: row.bundle, service: row.id, family: row.family }))
            }
            scroll={{ initial: list.scroll, keep: (scroll) => change({ scroll }) }}
          />
        )}
      </div>
      {current === undefined ? null : (
        <ServiceInspector row={current} rows={rows} onSelect={(row) => change({ selected: serviceKey(row) })} />
      )}
    </>
  );
}

export function ServicesTab() {
  const { network } = useStores();
  const services = useNetwork((state) => state.services);
  useEffect(() => {
    if (services.state === 'idle') network.getState().load('services');
  }, [services.state, network]);
  if (services.state === 'ready') return <Ready answer={services.value} />;
  return (
    <div className="centre">
      {services.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={services.failure} onRetry={() => network.getState().load('services')} />
        </div>
      ) : (
        <Loading what="Reading the services out of the captured rules" />
      )}
    </div>
  );
}
