/** One box of the graph: what it is, what is wrong with it, and the lines in and out of it. */
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { SeverityLabel, SeverityMark } from '../../components/SeverityMark.tsx';
import { count, counted } from '../../model/format.ts';
import type { GraphEdge, GraphNode, ServiceGraph } from '../../model/types.ts';
import { kindWords } from './GraphPicture.tsx';
import { edgeWords } from './graph-layout.ts';
import { CountedAt, FindingsOf } from './parts.tsx';

/** The table below the picture holds all of them. */
const EDGES_SHOWN = 30;

function Edges({
  graph,
  edges,
  end,
  onSelect,
}: {
  readonly graph: ServiceGraph;
  readonly edges: readonly GraphEdge[];
  readonly end: 'from' | 'to';
  readonly onSelect: (node: GraphNode) => void;
}) {
  if (edges.length === 0) return <p>None.</p>;
  return (
    <ul className="bullets">
      {edges.slice(0, EDGES_SHOWN).map((edge, index) => {
        const other = graph.nodes.find((node) => node.id === edge[end]);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two rules can join the same boxes with the same words
          <li key={index}>
            {edge.severity === null ? <span /> : <SeverityMark mark={edge.severity} />}
            <span>
              {other === undefined ? (
                edge[end]
              ) : (
                <button type="button" className="link mono" onClick={() => onSelect(other)}>
                  {other.label}
                </button>
              )}
              <small>{edgeWords(edge) === '' ? 'always, no counter' : edgeWords(edge)}</small>
              {edge.link === null ? null : <EvidenceChip evidence={{ bundle: graph.bundle, ...edge.link }} />}
              <CountedAt bundle={graph.bundle} at={edge.countedAt} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

export function GraphInspector({
  graph,
  node,
  onSelect,
}: {
  readonly graph: ServiceGraph;
  readonly node: GraphNode;
  readonly onSelect: (node: GraphNode) => void;
}) {
  const into = graph.edges.filter((edge) => edge.to === node.id);
  const out = graph.edges.filter((edge) => edge.from === node.id);
  return (
    <Inspector
      kind={
        <>
          {node.severity === null ? null : <SeverityLabel mark={node.severity} />}
          <span>{kindWords(node.kind)}</span>
        </>
      }
      title={<span className="mono">{node.label}</span>}
    >
      <InspectorBlock title="What it is">
        <dl className="kv">
          {node.detail === null ? null : (
            <>
              <dt>Says</dt>
              <dd>{node.detail}</dd>
            </>
          )}
          <dt>Packets</dt>
          <dd>
            {node.packets === null ? 'no counter' : count(node.packets)}
            <CountedAt bundle={graph.bundle} at={node.countedAt} />
          </dd>
          <dt>Line</dt>
          <dd>
            {node.link === null ? (
              'none in the dump'
            ) : (
              <EvidenceChip evidence={{ bundle: graph.bundle, ...node.link }} />
            )}
          </dd>
        </dl>
      </InspectorBlock>
      {node.findings.length === 0 ? null : (
        <InspectorBlock title="Findings" meta={counted(node.findings.length, 'finding')}>
          <FindingsOf ids={node.findings} />
        </InspectorBlock>
      )}
      <InspectorBlock title="Comes from" meta={counted(into.length, 'line')}>
        <Edges graph={graph} edges={into} end="from" onSelect={onSelect} />
      </InspectorBlock>
      <InspectorBlock title="Goes to" meta={counted(out.length, 'line')}>
        <Edges graph={graph} edges={out} end="to" onSelect={onSelect} />
      </InspectorBlock>
    </Inspector>
  );
}
