import { describe, expect, it } from 'vitest';
import { GRAPH, makeGraphEdge, makeGraphNode } from '../../bridge/fake/fake-network.ts';
import { cutMiddle, edgeWords, type GraphLayout, layoutGraph, nodeAfter } from './graph-layout.ts';

const at = (layout: GraphLayout, id: string) => {
  const found = layout.nodes.find(({ node }) => node.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
const overlaps = (layout: GraphLayout) =>
  layout.nodes.flatMap((a, index) =>
    layout.nodes
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((b) => `${a.node.id} ${b.node.id}`),
  );

/** One service with `count` endpoints, all masquerading by one chain that two columns are between. */
function fan(count: number) {
  const nodes = [
    makeGraphNode('pre', 0),
    makeGraphNode('out', 0),
    makeGraphNode('svc', 2),
    makeGraphNode('masq', 5),
    ...Array.from({ length: count }, (_, index) => makeGraphNode(`ep${index}`, 4, { detail: `10.0.0.${index}:80` })),
  ];
  const edges = [
    makeGraphEdge('pre', 'svc', { packets: 7 }),
    makeGraphEdge('out', 'svc', { packets: 9 }),
    makeGraphEdge('pre', 'masq', { label: 'not from the pods' }),
    ...Array.from({ length: count }, (_, index) => makeGraphEdge('svc', `ep${index}`, { label: `1/${count}` })),
  ];
  return { nodes, edges };
}

describe('layout', () => {
  it('puts columns side by side, without those that are empty, and nothing over anything', () => {
    const layout = layoutGraph(fan(60));
    expect(overlaps(layout)).toEqual([]);
    expect(at(layout, 'pre').x).toBeLessThan(at(layout, 'svc').x);
    expect(at(layout, 'svc').x).toBeLessThan(at(layout, 'ep0').x);
    expect(at(layout, 'masq').x).toBeLessThan(at(layout, 'ep0').x + 500);
  });

  it('stays inside its own size', () => {
    for (const graph of [GRAPH, fan(1), fan(7)]) {
      const layout = layoutGraph(graph);
      for (const box of layout.nodes) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
        expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
      }
      for (const { label } of layout.edges) for (const { y } of label?.lines ?? []) expect(y).toBeGreaterThan(8);
    }
  });

  it('keeps the order of endpoints and puts a service in their middle', () => {
    const layout = layoutGraph(fan(5));
    const heights = [0, 1, 2, 3, 4].map((index) => at(layout, `ep${index}`).y);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    const middle = at(layout, 'ep2');
    expect(Math.abs(at(layout, 'svc').y - middle.y)).toBeLessThan(80);
  });

  it('puts a box beside the one it is joined to, whatever else is in their columns', () => {
    const graph = fan(20);
    const addresses = Array.from({ length: 20 }, (_, index) =>
      makeGraphNode(`ip${index}`, 5, { packets: 1, detail: 'x' }),
    );
    const layout = layoutGraph({
      nodes: [...graph.nodes.filter(({ id }) => id !== 'masq'), ...addresses],
      edges: [...graph.edges, ...addresses.map((_, index) => makeGraphEdge(`ep${index}`, `ip${index}`))],
    });
    const middle = (id: string) => at(layout, id).y + at(layout, id).height / 2;
    for (let index = 0; index < 20; index += 1) expect(middle(`ep${index}`)).toBeCloseTo(middle(`ip${index}`), 0);
    expect(overlaps(layout)).toEqual([]);
  });

  it('writes no two words over each other', () => {
    const { edges } = layoutGraph(fan(30));
    const labels = edges.flatMap(({ label }) =>
      (label?.lines ?? []).map(({ text, y }) => {
        const wide = text.length * 6;
        const left = label?.anchor === 'end' ? label.x - wide : (label?.x ?? 0);
        return { text, y, left, right: left + wide };
      }),
    );
    for (const [index, a] of labels.entries())
      for (const b of labels.slice(index + 1))
        expect(a.left >= b.right || b.left >= a.right || Math.abs(a.y - b.y) >= 12, `${a.text} ${b.text}`).toBe(true);
  });

  it('draws each edge from one box to the other, around the boxes between', () => {
    const layout = layoutGraph(fan(3));
    const edge = layout.edges.find((one) => one.edge.to === 'masq');
    const points = [...(edge?.path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g) ?? [])].map(([, x, y]) => [Number(x), Number(y)]);
    const from = at(layout, 'pre');
    const to = at(layout, 'masq');
    expect(points[0]?.[0]).toBeCloseTo(from.x + from.width);
    expect(points.at(-1)?.[0]).toBeCloseTo(to.x);
    expect(points.at(-1)?.[1]).toBeCloseTo(to.y + to.height / 2);
    // The straight pieces lie in the columns between.
    const through = points.filter(([x = 0]) => x > from.x + from.width && x < to.x);
    for (const [x = 0, y = 0] of through)
      for (const box of layout.nodes)
        expect(x >= box.x && x <= box.x + box.width && y > box.y && y < box.y + box.height).toBe(false);
  });

  it('draws lines that go back or stay in their column, and leaves out those to nowhere', () => {
    const layout = layoutGraph({
      nodes: [makeGraphNode('a', 0), makeGraphNode('b', 0), makeGraphNode('c', 1)],
      edges: [makeGraphEdge('a', 'b'), makeGraphEdge('c', 'a'), makeGraphEdge('c', 'gone')],
    });
    expect(layout.edges.map(({ edge }) => `${edge.from} ${edge.to}`)).toEqual(['a b', 'c a']);
    expect(overlaps(layout)).toEqual([]);
  });

  it('draws nothing of nothing', () => {
    expect(layoutGraph({ nodes: [], edges: [] })).toMatchObject({ nodes: [], edges: [] });
  });
});

describe('words of the graph', () => {
  it('cuts the middle of long names', () => {
    expect(cutMiddle('KUBE-SVC-67NZLRHBNDSAWJRO', 40)).toBe('KUBE-SVC-67NZLRHBNDSAWJRO');
    expect(cutMiddle('abcdefghij', 5)).toBe('ab…ij');
    expect(cutMiddle('[fd00:10:244:1::1234:5678]:8080', 20)).toHaveLength(20);
  });
  it('says label and counter of an edge', () => {
    expect(edgeWords(makeGraphEdge('a', 'b', { label: '1/3', packets: 1 }))).toBe('1/3, 1 packet');
    expect(edgeWords(makeGraphEdge('a', 'b', { packets: 1204 }))).toBe('1,204 packets');
    expect(edgeWords(makeGraphEdge('a', 'b'))).toBe('');
  });
});

describe('arrow keys', () => {
  const layout = layoutGraph(GRAPH);
  it('lead to the box beside or below', () => {
    expect(nodeAfter(layout, 'pre', 'right')).toBe('services');
    expect(nodeAfter(layout, 'services', 'right')).toBe('svc');
    expect(nodeAfter(layout, 'ep1', 'down')).toBe('ep2');
    expect(nodeAfter(layout, 'ep2', 'left')).toBe('svc');
  });
  it('lead nowhere at the edge', () => {
    expect(nodeAfter(layout, 'ep2', 'down')).toBeNull();
    expect(nodeAfter(layout, 'ep2', 'right')).toBeNull();
    expect(nodeAfter(layout, 'gone', 'left')).toBe('pre');
  });
});
