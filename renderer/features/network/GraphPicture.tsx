/** The graph of a service as a picture: one tab stop, arrows move, Enter opens the line of what is selected. */
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef } from 'react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import type { GraphNode } from '../../model/types.ts';
import { edgeWords, type GraphLayout, type Move, nodeAfter, type PlacedEdge, type PlacedNode } from './graph-layout.ts';

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

const KIND: Readonly<Record<GraphNode['kind'], string>> = {
  hook: 'hook of the kernel',
  entry: 'entry',
  service: 'service',
  policy: 'policy',
  endpoint: 'endpoint',
  address: 'address',
  masquerade: 'masquerading',
  refuse: 'refusing',
  missing: 'missing',
};

export const kindWords = (kind: GraphNode['kind']): string => KIND[kind];

/** @returns what a screen reader says of a box. */
function nodeWords(node: GraphNode): string {
  return [
    `${KIND[node.kind]} ${node.label}`,
    node.detail ?? '',
    node.packets === null ? '' : `${node.packets} packets`,
    node.severity === null ? '' : `worst finding ${node.severity}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const LEAST_SCALE = 0.85;
const LABEL_Y = 19;
const LINE = 15;

function Box({
  placed,
  selected,
  stop,
  onSelect,
  onOpen,
}: {
  readonly placed: PlacedNode;
  readonly selected: 'selected' | 'not-selected';
  readonly stop: 'tab-stop' | 'no-tab-stop';
  readonly onSelect: () => void;
  readonly onOpen: () => void;
}) {
  const { node, x, y, width, height, lines } = placed;
  const worst = node.severity === null ? '' : ` g-node--${node.severity}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture holds no HTML button
    <g
      role="button"
      data-node={node.id}
      className={`g-node g-node--${node.kind}${worst}${selected === 'selected' ? ' is-selected' : ''}`}
      tabIndex={stop === 'tab-stop' ? 0 : -1}
      aria-label={nodeWords(node)}
      aria-pressed={selected === 'selected'}
      transform={`translate(${x} ${y})`}
      onClick={onSelect}
      onFocus={onSelect}
      onDoubleClick={onOpen}
    >
      <title>{[node.label, node.detail ?? ''].filter((part) => part !== '').join('\n')}</title>
      <rect className="g-box" width={width} height={height} rx="4" />
      {lines.map(({ kind, text }, index) => (
        <text key={kind} className={`g-text g-${kind}`} x="10" y={LABEL_Y + index * LINE}>
          {text}
        </text>
      ))}
      {node.severity === null ? null : (
        <g transform={`translate(${width - 22} 8)`}>
          <svg width="14" height="14" aria-hidden="true">
            <SeverityMark mark={node.severity} label={null} />
          </svg>
        </g>
      )}
    </g>
  );
}

const edgeClass = ({ edge }: PlacedEdge) => (edge.severity === null ? 'g-edge' : `g-edge g-edge--${edge.severity}`);

/** All lines, then all words: no line crosses words of another one. */
function Edges({ edges, arrow }: { readonly edges: readonly PlacedEdge[]; readonly arrow: string }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: lines take no focus
    <g aria-hidden="true">
      {edges.map((placed, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two rules can join the same boxes with the same words
        <g key={index} className={edgeClass(placed)}>
          <title>{edgeWords(placed.edge)}</title>
          <path className="g-line" d={placed.path} markerEnd={`url(#${arrow})`} />
        </g>
      ))}
      {edges.map((placed, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two rules can join the same boxes with the same words
        <g key={index} className={edgeClass(placed)}>
          {placed.label?.lines.map(({ text, y }) => (
            <text key={y} className="g-text g-words" x={placed.label?.x} y={y} textAnchor={placed.label?.anchor}>
              {text}
            </text>
          ))}
        </g>
      ))}
    </g>
  );
}

export function GraphPicture({
  layout,
  name,
  selected,
  onSelect,
  onOpen,
  picture,
}: {
  readonly layout: GraphLayout;
  /** What the picture shows, in words. */
  readonly name: string;
  readonly selected: string | null;
  readonly onSelect: (node: GraphNode) => void;
  readonly onOpen: (node: GraphNode) => void;
  readonly picture: RefObject<SVGSVGElement | null>;
}) {
  const arrow = useId();
  const pane = useRef<HTMLDivElement>(null);
  const stop = layout.nodes.find(({ node }) => node.id === selected) ?? layout.nodes[0];
  const at = stop?.node.id ?? null;
  const shown = useRef<string | null>(null);
  useEffect(() => {
    // What is wrong may be far to the right: it is shown first.
    const box = [...(pane.current?.querySelectorAll('[data-node]') ?? [])].find(
      (one) => one.getAttribute('data-node') === at,
    );
    const place = shown.current === null ? 'center' : 'nearest';
    box?.scrollIntoView({ block: place, inline: place });
    shown.current = at;
  }, [at]);
  const onKeyDown = (event: KeyboardEvent) => {
    const id = event.target instanceof Element ? event.target.closest('[data-node]')?.getAttribute('data-node') : null;
    const placed = layout.nodes.find(({ node }) => node.id === id);
    if (placed === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const move = MOVES[event.key];
    if (event.key === 'Enter') onOpen(placed.node);
    else if (move !== undefined) {
      const next = nodeAfter(layout, placed.node.id, move);
      const boxes = pane.current?.querySelectorAll<SVGGElement>('[data-node]') ?? [];
      [...boxes].find((box) => box.getAttribute('data-node') === next)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the boxes inside, handled once
    <div className="graph" ref={pane} onKeyDown={onKeyDown}>
      {/* biome-ignore lint/a11y/useSemanticElements: a picture holds no fieldset */}
      <svg
        ref={picture}
        role="group"
        aria-label={name}
        width={layout.width}
        height={layout.height}
        // A little smaller where that makes it fit, never too small to read.
        style={{ maxWidth: `max(100%, ${Math.round(layout.width * LEAST_SCALE)}px)`, height: 'auto' }}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
      >
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path className="g-head" d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        <Edges edges={layout.edges} arrow={arrow} />
        {layout.nodes.map((placed) => (
          <Box
            key={placed.node.id}
            placed={placed}
            selected={placed.node.id === selected ? 'selected' : 'not-selected'}
            stop={placed === stop ? 'tab-stop' : 'no-tab-stop'}
            onSelect={() => onSelect(placed.node)}
            onOpen={() => onOpen(placed.node)}
          />
        ))}
      </svg>
    </div>
  );
}
