/** The way of packets to one service on one node, drawn and as a table. */
import { Download, Play } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { SeverityHead, SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { count, counted } from '../../model/format.ts';
import type { Failure, GraphNode, ServiceGraph, ServiceRow } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import { type GraphQuestion, graphKey } from '../../stores/network.ts';
import { useNavigation, useNetwork, useStores } from '../../stores/stores.tsx';
import { GraphInspector } from './GraphInspector.tsx';
import { GraphPicture, kindWords } from './GraphPicture.tsx';
import { layoutGraph } from './graph-layout.ts';
import { CountedAt, useNodeName } from './parts.tsx';
import { graphOf, graphRoute, lineRoute, tabRoute } from './routes.ts';
import { useTraceTo } from './ServiceInspector.tsx';
import { healthMark, serviceKey, sortServices } from './services.ts';
import { standaloneSvg, svgFileName } from './standalone-svg.ts';

/** The rows of the same service, one a node, when the services are known. */
function useRowsOf(question: GraphQuestion): readonly ServiceRow[] {
  const services = useNetwork((state) => state.services);
  return useMemo(
    () =>
      services.state === 'ready'
        ? services.value.services.filter((row) => row.id === question.service && row.family === question.family)
        : [],
    [services, question.service, question.family],
  );
}

/** The same as the picture, in words: every box and every line. */
function GraphTable({
  graph,
  selected,
  onSelect,
}: {
  readonly graph: ServiceGraph;
  readonly selected: string | null;
  readonly onSelect: (node: GraphNode) => void;
}) {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <table className="table graph-table" aria-label="Boxes and lines of the graph">
      <colgroup>
        <col className="graph-table__mark" />
        <col />
        <col />
        <col className="graph-table__when" />
        <col className="graph-table__packets" />
        <col className="graph-table__line" />
      </colgroup>
      <thead>
        <tr>
          <SeverityHead />
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">When</th>
          <th scope="col" className="num">
            Packets
          </th>
          <th scope="col">Line</th>
        </tr>
      </thead>
      <tbody>
        {graph.nodes.map((node) => (
          <tr key={`node ${node.id}`} className={node.id === selected ? 'is-selected' : ''}>
            <td>{node.severity === null ? null : <SeverityMark mark={node.severity} />}</td>
            <td className="mono" colSpan={2} title={node.label}>
              <button type="button" className="link mono clip" onClick={() => onSelect(node)}>
                {node.label}
              </button>{' '}
              <span className="meta">
                {kindWords(node.kind)}
                {node.detail === null ? '' : `, ${node.detail}`}
              </span>
            </td>
            <td />
            <td className="num">
              {node.packets === null ? <span className="meta">no counter</span> : count(node.packets)}
            </td>
            <td>
              {node.link === null ? null : <EvidenceChip evidence={{ bundle: graph.bundle, ...node.link }} />}
              <CountedAt bundle={graph.bundle} at={node.countedAt} />
            </td>
          </tr>
        ))}
        {graph.edges.map((edge, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two rules can join the same boxes with the same words
          <tr key={`edge ${index}`}>
            <td>{edge.severity === null ? null : <SeverityMark mark={edge.severity} />}</td>
            <td className="mono">{byId.get(edge.from)?.label ?? edge.from}</td>
            <td className="mono">{byId.get(edge.to)?.label ?? edge.to}</td>
            <td title={edge.label ?? undefined}>{edge.label ?? <span className="meta">always</span>}</td>
            <td className="num">
              {edge.packets === null ? <span className="meta">no counter</span> : count(edge.packets)}
            </td>
            <td>
              {edge.link === null ? null : <EvidenceChip evidence={{ bundle: graph.bundle, ...edge.link }} />}
              <CountedAt bundle={graph.bundle} at={edge.countedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Service and node, with a way to the same service on the other nodes. */
function Head({ question, onExport }: { readonly question: GraphQuestion; readonly onExport: (() => void) | null }) {
  const { navigation } = useStores();
  const nameOf = useNodeName();
  const short = useNodeName('differing');
  const rows = useRowsOf(question);
  const traceTo = useTraceTo();
  const own = rows.find((row) => row.bundle === question.bundle);
  return (
    <div className="pane-head graph-head">
      <h1 className="clip">{question.service}</h1>
      {rows.length > 1 ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar
        <span className="toggles" role="group" aria-label="Node">
          {rows.map((row) => (
            <button
              key={serviceKey(row)}
              type="button"
              aria-pressed={row.bundle === question.bundle}
              title={nameOf(row.bundle)}
              onClick={() => navigation.getState().go(graphRoute({ ...question, bundle: row.bundle }))}
            >
              <SeverityMark mark={healthMark(row.health)} />
              {short(row.bundle)}
            </button>
          ))}
        </span>
      ) : (
        <span className="meta">on {nameOf(question.bundle)}</span>
      )}
      <span className="grow" />
      {own === undefined ? null : (
        <button type="button" className="btn btn--s" onClick={() => traceTo(own)}>
          <Play className="icon" aria-hidden="true" />
          Trace to this service
        </button>
      )}
      {onExport === null ? null : (
        <button type="button" className="btn btn--s" onClick={onExport}>
          <Download className="icon" aria-hidden="true" />
          Export picture
        </button>
      )}
    </div>
  );
}

function Ready({ graph, question }: { readonly graph: ServiceGraph; readonly question: GraphQuestion }) {
  const { bridge, network, navigation, screens } = useStores();
  const picture = useRef<SVGSVGElement>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const key = graphKey(question);
  const chosen = useNetwork((state) => state.graphNodes.get(key) ?? null);
  const layout = useMemo(() => layoutGraph(graph), [graph]);
  const nameOf = useNodeName();
  const worst = SEVERITY_ORDER.flatMap((severity) => graph.nodes.filter((node) => node.severity === severity))[0];
  const current = graph.nodes.find((node) => node.id === chosen) ?? worst ?? graph.nodes[0] ?? null;
  const select = (node: GraphNode) =>
    network.getState().change({ graphNodes: new Map([...network.getState().graphNodes, [key, node.id]]) });
  const open = (node: GraphNode) => {
    if (node.link !== null) navigation.getState().go(lineRoute(graph.bundle, node.link));
  };
  const name = `${graph.service} on ${graph.node ?? nameOf(graph.bundle)}: ${counted(graph.nodes.length, 'box', 'boxes')}, ${counted(graph.edges.length, 'line')}`;
  const save = async () => {
    if (picture.current === null) return;
    const answer = await bridge.saveDocument(
      svgFileName(graph.service, graph.node),
      'image/svg+xml',
      standaloneSvg(picture.current, name),
    );
    if (!answer.ok) setFailure(answer.failure);
    else if (answer.value !== null) screens.getState().announce(`Saved to ${answer.value}`);
  };
  return (
    <>
      <div className="centre centre--fixed">
        <Head question={question} onExport={() => void save()} />
        {failure === null ? null : <FailureNote failure={failure} onDismiss={() => setFailure(null)} />}
        {graph.nodes.length === 0 ? (
          <Empty mark="unknown" title="No rule of this service was captured" />
        ) : (
          <GraphPicture
            layout={layout}
            name={name}
            selected={current?.id ?? null}
            onSelect={select}
            onOpen={open}
            picture={picture}
          />
        )}
        <p className="graph-note meta">
          Counters are packets since each rule was written. Arrows move between boxes, Enter opens the line.
          {graph.omitted > 0 ? ` ${counted(graph.omitted, 'more endpoint')} not drawn: Services lists them.` : ''}
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key */}
        <section className="graph-rows" aria-label="The graph as a table" tabIndex={0}>
          <GraphTable graph={graph} selected={current?.id ?? null} onSelect={select} />
        </section>
      </div>
      {current === null ? null : <GraphInspector graph={graph} node={current} onSelect={select} />}
    </>
  );
}

function Asked({ question }: { readonly question: GraphQuestion }) {
  const { network } = useStores();
  const answer = useNetwork((state) => state.graphs.get(graphKey(question)));
  const services = useNetwork((state) => state.services.state);
  useEffect(() => {
    if (answer === undefined) network.getState().askGraph(question);
    if (services === 'idle') network.getState().load('services');
  }, [answer, question, services, network]);
  if (answer?.state === 'ready') return <Ready graph={answer.value} question={question} />;
  return (
    <div className="centre centre--fixed">
      <Head question={question} onExport={null} />
      {answer?.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={answer.failure} onRetry={() => network.getState().askGraph(question)} />
        </div>
      ) : (
        <Loading what="Following the rules of this service" />
      )}
    </div>
  );
}

/** The service that Services would show: what was selected there, else the first of its list. */
function useChosenService(): GraphQuestion | null {
  const { network } = useStores();
  const services = useNetwork((state) => state.services);
  const { selected, sort } = useNetwork((state) => state.list);
  useEffect(() => {
    if (services.state === 'idle') network.getState().load('services');
  }, [services.state, network]);
  return useMemo(() => {
    if (services.state !== 'ready') return null;
    const rows = sortServices(services.value.services, sort);
    const row = rows.find((one) => serviceKey(one) === selected) ?? rows[0];
    return row === undefined ? null : { bundle: row.bundle, service: row.id, family: row.family };
  }, [services, selected, sort]);
}

export function GraphTab() {
  const { navigation } = useStores();
  const params = useNavigation((state) => state.route.params);
  const chosen = useChosenService();
  const question = useMemo(() => graphOf(params) ?? chosen, [params, chosen]);
  if (question !== null) return <Asked key={graphKey(question)} question={question} />;
  return (
    <div className="centre">
      <Empty title="No service is chosen">
        <p>Choose one in Services and press Show graph, or Enter on its row.</p>
        <button type="button" className="btn" onClick={() => navigation.getState().go(tabRoute('services'))}>
          Services
        </button>
      </Empty>
    </div>
  );
}
