import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BundleId, FileId, FindingId } from '../core/ids.ts';
import type { ClockAlignments } from '../core/timeline.ts';
import { type Analysis, type Bundle, Bundle as BundleSchema, type Finding, SEVERITIES } from '../core/vocabulary.ts';
import { type FleetInput, fleetOf } from './fleet.ts';

const id = (index: number): BundleId => BundleId.parse(String(index).repeat(64));
const bundle = (index: number, over: Partial<Bundle> = {}): Bundle =>
  BundleSchema.parse({
    ...{ id: id(index), sha256: id(index), name: `b${index}.tar.gz`, layout: 'generic', layoutBecause: '' },
    ...{
      node: `n${index}`,
      nodeBecause: '',
      collectedAt: '2026-06-17T14:40:00.000Z',
      importedAt: '',
      files: 1,
      lines: 1,
    },
    ...{ bytes: 1, storedBytes: 1, outcome: 'complete', gaps: [], gapsNotListed: 0, markedHealthy: false, ...over },
  });

let counted = 0;
function finding(of: number, rule: string, severity: Finding['severity'] = 'high', title = `${rule} it is`): Finding {
  counted += 1;
  const evidence = {
    ...{ bundle: id(of), node: `n${of}`, fileId: FileId.parse(1), file: 'a', line: 1, endLine: 1 },
    ...{ byteStart: 0, byteEnd: 1, sha256: 'a'.repeat(64), text: 'x', note: null },
  };
  return {
    ...{ id: FindingId.parse(counted.toString(16).padStart(16, '0')), rule, title, claim: '', severity },
    ...{ confidence: { level: 'certain', because: '' }, owner: 'kernel', area: 'x', first: null, last: null, count: 1 },
    ...{ entities: [], userNotices: '', advice: { now: [], longTerm: [], check: [] }, bundle: id(of), node: `n${of}` },
    ...{ evidence: [evidence], explains: [] },
  };
}

const analysis = (findings: readonly Finding[], facts: Readonly<Record<string, string>>[] = []): Analysis => ({
  verdict: { sentence: '', cause: null, confidence: { level: 'possible', because: '' } },
  causes: findings.map((one, at) => ({ finding: one.id, rank: at + 1, because: '', explains: [], changesIf: [] })),
  findings: [...findings],
  coverage: {
    ...{ files: 0, filesRead: 0, filesEmpty: 0, filesTruncated: 0, filesBinary: 0, filesNotOpened: 0 },
    ...{ duplicates: 0, lines: 0, bytes: 0, gaps: 0, bundlesNotOpened: [], analyzers: [] },
  },
  ...{ completeness: [], askCustomer: [] },
  nodes: facts.map((values, index) => ({
    ...{ bundle: id(index), node: `n${index}`, mode: 'iptables' as const, modeBecause: '' },
    facts: Object.entries(values).map(([name, value]) => ({ name, value, because: '', evidence: [] })),
  })),
});
const CLOCKS: ClockAlignments = { reference: 'n0', nodes: [], sentence: '' };
const input = (over: Partial<FleetInput>): FleetInput => ({
  ...{ bundles: [bundle(0), bundle(1), bundle(2)], analysis: analysis([]), machines: [], clocks: CLOCKS },
  ...over,
});

describe('columns', () => {
  const versions = (...kubelet: readonly string[]) =>
    analysis(
      [],
      kubelet.map((one) => ({ 'kubelet version': one })),
    );

  it('mark the few that differ from the many', () => {
    const { columns, nodes } = fleetOf(input({ analysis: versions('v1.30', 'v1.29', 'v1.30') }));
    expect(columns).toEqual(['kubelet']);
    expect(nodes.map(({ facts }) => facts[0]?.differs)).toEqual([false, true, false]);
  });

  it('mark all where none is the usual one, and none that is not known', () => {
    const two = fleetOf(input({ bundles: [bundle(0), bundle(1)], analysis: versions('v1.30', 'v1.29') }));
    expect(two.nodes.map(({ facts }) => facts[0]?.differs)).toEqual([true, true]);
    const known = fleetOf(input({ analysis: versions('v1.30') }));
    expect(known.nodes.map(({ facts }) => facts[0])).toEqual([
      { name: 'kubelet', value: 'v1.30', differs: false },
      { name: 'kubelet', value: null, differs: false },
      { name: 'kubelet', value: null, differs: false },
    ]);
  });

  it('hold what was read of the machine, and its start', () => {
    const machines = [{ bundle: id(1), facts: [{ name: 'VPC CNI' as const, value: 'v1.18.5' }], bootedAt: 0 }];
    const { columns, nodes } = fleetOf(input({ machines }));
    expect(columns).toEqual(['VPC CNI']);
    expect(nodes[1]).toMatchObject({ bootedAt: '1970-01-01T00:00:00.000Z', facts: [{ value: 'v1.18.5' }] });
    expect(nodes[0]).toMatchObject({ bootedAt: null, facts: [{ value: null }] });
    const beyond = [{ bundle: id(0), facts: [], bootedAt: 9e15 }];
    expect(fleetOf(input({ machines: beyond })).nodes[0]?.bootedAt).toBeNull();
  });
});

describe('groups', () => {
  it('hold nodes with the same causes, the worst first, those without any last', () => {
    const findings = [
      finding(1, 'api', 'high', 'kube-proxy cannot reach the API'),
      finding(0, 'api', 'high', 'kube-proxy cannot reach the API'),
      finding(2, 'disk', 'critical'),
      finding(3, 'noise', 'low'),
    ];
    const bundles = [bundle(0), bundle(1), bundle(2), bundle(3), bundle(4)];
    const { groups, nodes } = fleetOf(input({ bundles, analysis: analysis(findings) }));
    expect(groups).toEqual([
      { id: 'disk', rules: ['disk'], sentence: '1 node: disk it is', severity: 'critical', bundles: [id(2)] },
      {
        ...{ id: 'api', rules: ['api'], sentence: '2 nodes: kube-proxy cannot reach the API', severity: 'high' },
        bundles: [id(0), id(1)],
      },
      {
        ...{ id: 'none', rules: [], sentence: '2 nodes: nothing of medium severity or above', severity: null },
        bundles: [id(3), id(4)],
      },
    ]);
    expect(nodes.map(({ group }) => group)).toEqual(['api', 'api', 'disk', 'none', 'none']);
  });

  it('tell the first causes by rank, and that titles differ', () => {
    const findings = [
      finding(0, 'd', 'high', 'D on n0'),
      finding(1, 'd', 'high', 'D on n1'),
      ...['c', 'b', 'a'].flatMap((rule) => [finding(0, rule, 'medium'), finding(1, rule, 'medium')]),
    ];
    const { groups } = fleetOf(input({ bundles: [bundle(0), bundle(1)], analysis: analysis(findings) }));
    expect(groups.map(({ sentence, rules }) => [sentence, rules])).toEqual([
      ['2 nodes: D on n0 (or alike); c it is; b it is; and 1 more', ['a', 'b', 'c', 'd']],
    ]);
  });

  it('hold both captures of a node that state a finding by the same lines', () => {
    const both = { ...finding(0, 'chains', 'critical'), alsoIn: [id(1)] };
    const { groups, nodes } = fleetOf(input({ bundles: [bundle(0), bundle(1)], analysis: analysis([both]) }));
    expect(groups.map(({ bundles }) => bundles)).toEqual([[id(0), id(1)]]);
    expect(nodes.map(({ findings }) => findings.critical)).toEqual([1, 1]);
  });

  it('count a node that was captured twice once', () => {
    const twice = [bundle(0), bundle(1, { node: 'n0' })];
    expect(fleetOf(input({ bundles: twice })).groups[0]?.sentence).toBe('1 node: nothing of medium severity or above');
  });
});

describe('rows', () => {
  it('count findings by severity, and tell the clock', () => {
    const clock = {
      ...{ bundle: id(1), node: 'n1', outcome: 'aligned' as const, offsetMs: 90_000, spreadMs: 100, anchors: [] },
      ...{ anchorCount: 3, shiftMs: 0, sentence: '90 s ahead of n0' },
    };
    const { nodes } = fleetOf(
      input({
        bundles: [bundle(0, { markedHealthy: true }), bundle(1)],
        analysis: analysis([finding(1, 'a'), finding(1, 'b'), finding(1, 'c', 'info')]),
        clocks: { ...CLOCKS, nodes: [clock] },
      }),
    );
    expect(nodes[0]).toMatchObject({ isHealthy: true, mode: 'unknown', clock: 'not measured', clockOffsetMs: null });
    expect(nodes[1]).toMatchObject({
      findings: { critical: 0, high: 2, medium: 0, low: 0, info: 1 },
      ...{ clock: '90 s ahead of n0', clockOffsetMs: 90_000 },
    });
  });

  it('say no offset of a reference that no other clock is told against', () => {
    const clock = (of: number, outcome: 'reference' | 'aligned' | 'refused', offsetMs: number | null) => ({
      ...{ bundle: id(of), node: `n${of}`, outcome, offsetMs, spreadMs: null, anchors: [], anchorCount: 0, shiftMs: 0 },
      sentence: outcome,
    });
    const offsets = (...nodes: readonly ReturnType<typeof clock>[]) =>
      fleetOf(input({ bundles: [bundle(0), bundle(1)], clocks: { ...CLOCKS, nodes } })).nodes.map(
        ({ clockOffsetMs }) => clockOffsetMs,
      );
    expect(offsets(clock(0, 'reference', 0), clock(1, 'refused', null))).toEqual([null, null]);
    expect(offsets(clock(0, 'reference', 0), clock(1, 'aligned', 20))).toEqual([0, 20]);
  });

  it('say why clocks were not measured', () => {
    const { nodes } = fleetOf(input({ clocks: 'not measured: the disk is gone' }));
    expect(nodes.map(({ clock }) => clock)).toEqual(Array(3).fill('not measured: the disk is gone'));
  });
});

it('the same case gives the same table in whatever order findings come; every node is in one group', () => {
  const any = fc.record({
    of: fc.integer({ min: 0, max: 3 }),
    rule: fc.constantFrom('a', 'b', 'c'),
    severity: fc.constantFrom(...SEVERITIES),
  });
  const bundles = [0, 1, 2, 3].map((index) => bundle(index));
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), (list) => {
      const findings = list.map(({ of, rule, severity }) => finding(of, rule, severity));
      const forward = analysis(findings);
      const one = fleetOf(input({ bundles, analysis: forward }));
      const two = fleetOf(
        input({
          bundles,
          analysis: { ...forward, findings: findings.toReversed(), causes: forward.causes.toReversed() },
        }),
      );
      expect(two).toEqual(one);
      expect(one.groups.flatMap((group) => group.bundles).toSorted()).toEqual(
        bundles.map((each) => each.id).toSorted(),
      );
      expect(new Set(one.groups.map((group) => group.id)).size).toBe(one.groups.length);
    }),
  );
});
