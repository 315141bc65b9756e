/** What sets the two nodes of the fake case apart, their table, and two of their texts: for tests. */
import type { Comparison, Difference, Fleet, SideValue, TextComparison } from '../../model/types.ts';
import { AFFECTED, HEALTHY, makeEvidence } from './fake-case.ts';

const ok = <T>(value: T) => ({ ok: true as const, value });

export function makeSide(part: Partial<SideValue> = {}): SideValue {
  return { bundle: AFFECTED, value: 'none', because: null, evidence: [], ...part };
}

export function makeDifference(id: string, part: Partial<Difference> = {}): Difference {
  return {
    id,
    kind: 'fact',
    area: 'kernel settings',
    subject: 'net.ipv4.ip_forward',
    sentence: 'net.ipv4.ip_forward: 0 only on ip-10-0-113-27; 1 on ip-10-0-126-200.',
    weight: 100,
    because: 'pods cannot be reached without it',
    severity: null,
    values: [makeSide({ value: '0' }), makeSide({ bundle: HEALTHY, value: '1' })],
    findings: [],
    ...part,
  };
}

const healthyLine = makeEvidence({
  bundle: HEALTHY,
  node: 'ip-10-0-126-200',
  line: 106,
  endLine: 106,
  text: '-A KUBE-SERVICES -d 172.20.0.1/32 -j KUBE-SVC-NPX46M4PTMTKRN6Y',
});

export const COMPARISON: Comparison = {
  sides: [
    {
      bundle: AFFECTED,
      label: 'ip-10-0-113-27',
      node: 'ip-10-0-113-27',
      collectedAt: '2025-10-14T11:02:01.000Z',
      part: 'unknown',
    },
    {
      bundle: HEALTHY,
      label: 'ip-10-0-126-200',
      node: 'ip-10-0-126-200',
      collectedAt: '2025-10-14T11:04:00.000Z',
      part: 'unknown',
    },
  ],
  sentence: 'Only on ip-10-0-113-27: nat KUBE-SERVICES is empty. Besides: 3 other differences.',
  isSame: false,
  decisive: ['finding:kube-services-empty'],
  differences: [
    makeDifference('finding:kube-services-empty', {
      kind: 'finding',
      area: 'chains',
      subject: 'nat KUBE-SERVICES is empty',
      sentence: 'Only on ip-10-0-113-27: nat KUBE-SERVICES is empty.',
      weight: 900,
      because: 'severity critical, one of the causes',
      severity: 'critical',
      values: [
        makeSide({ value: 'critical: nat KUBE-SERVICES is empty', evidence: [makeEvidence()] }),
        makeSide({ bundle: HEALTHY, value: 'not found' }),
      ],
      findings: ['f-empty' as Difference['findings'][number]],
    }),
    makeDifference('service:shop/web', {
      kind: 'service',
      area: 'Services',
      subject: 'shop/web:http',
      sentence: 'shop/web:http: not reachable only on ip-10-0-113-27.',
      weight: 500,
      severity: 'high',
      values: [
        makeSide({ value: 'not reachable', evidence: [makeEvidence()] }),
        makeSide({ bundle: HEALTHY, value: '2 endpoints', evidence: [healthyLine] }),
      ],
    }),
    makeDifference('fact:kubelet', {
      area: 'versions',
      subject: 'kubelet',
      sentence: 'kubelet: v1.32.6 on ip-10-0-126-200; not known on ip-10-0-113-27.',
      values: [
        makeSide({ value: null, because: 'kubelet.log holds no version line' }),
        makeSide({ bundle: HEALTHY, value: 'v1.32.6', evidence: [healthyLine] }),
      ],
    }),
    makeDifference('vocabulary:lock', {
      kind: 'vocabulary',
      area: 'kube-proxy-log',
      subject: 'proxier.go:*] "Failed to execute iptables-restore"',
      sentence: 'Only on ip-10-0-113-27: 109 lines of kube-proxy-log like “Failed to execute iptables-restore”.',
      weight: 80,
      values: [
        makeSide({ value: '109 lines', evidence: [makeEvidence({ file: 'var_log/kube-proxy.log', line: 4821 })] }),
        makeSide({ bundle: HEALTHY, value: 'none' }),
      ],
    }),
  ],
  notListed: 2,
  common: [{ rule: 'route-drift', title: 'One route names an interface that is down', findings: [] }],
  facts: 40,
  sameFacts: 38,
  texts: [
    {
      role: 'iptables-save',
      title: 'IPv4 rules: iptables-save.txt',
      files: [
        { bundle: AFFECTED, file: 'networking/iptables-save.txt', lines: 196 },
        { bundle: HEALTHY, file: 'networking/iptables-save.txt', lines: 209 },
      ],
    },
  ],
  notes: ['Both sides are of one cluster: their Services have the same addresses.'],
  notCompared: [{ what: 'nftables rules', because: 'no side has them captured' }],
};

export const SAME: Comparison = {
  ...COMPARISON,
  sentence: 'ip-10-0-113-27 and ip-10-0-126-200 are the same in what was compared: 40 facts and the findings.',
  isSame: true,
  decisive: [],
  differences: [],
  notListed: 0,
  sameFacts: 40,
  texts: [],
};

export const TEXTS: TextComparison = {
  hunks: [
    { kind: 'same', left: 104, right: 86, lines: [':KUBE-NODEPORTS - [0:0]'], leftOut: 0 },
    {
      kind: 'only-left',
      left: 105,
      right: null,
      lines: ['-A KUBE-SERVICES -j A', '-A KUBE-SERVICES -j B'],
      leftOut: 0,
    },
    { kind: 'only-right', left: null, right: 87, lines: ['-A KUBE-SERVICES -j C'], leftOut: 0 },
    { kind: 'same', left: 107, right: 88, lines: ['first', 'last'], leftOut: 12 },
  ],
  onlyLeft: 2,
  onlyRight: 1,
  cut: null,
};

const NO_FINDINGS = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };

export const FLEET: Fleet = {
  columns: ['kubelet', 'kernel'],
  nodes: [
    {
      bundle: HEALTHY,
      node: 'ip-10-0-126-200',
      isHealthy: false,
      mode: 'iptables',
      facts: [
        { name: 'kubelet', value: 'v1.32.6', differs: false },
        { name: 'kernel', value: '5.10.244', differs: false },
      ],
      findings: { ...NO_FINDINGS, low: 1 },
      bootedAt: null,
      collectedAt: '2025-10-14T11:04:00.000Z',
      clockOffsetMs: 0,
      clock: 'the reference: the others are told against it',
      group: 'none',
    },
    {
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      isHealthy: false,
      mode: 'iptables',
      facts: [
        { name: 'kubelet', value: null, differs: false },
        { name: 'kernel', value: '5.10.244', differs: false },
      ],
      findings: { ...NO_FINDINGS, critical: 2, high: 1, medium: 1 },
      bootedAt: '2025-10-01T06:00:00.000Z',
      collectedAt: '2025-10-14T11:02:01.000Z',
      clockOffsetMs: 90_040,
      clock: '90 s ahead of ip-10-0-126-200, by 5 anchors, spread 0.1 s',
      group: 'kube-services-empty',
    },
  ],
  groups: [
    {
      id: 'kube-services-empty',
      rules: ['kube-services-empty'],
      sentence: '1 node: nat KUBE-SERVICES is empty',
      severity: 'critical',
      bundles: [AFFECTED],
    },
    {
      id: 'none',
      rules: [],
      sentence: '1 node: nothing of medium severity or above',
      severity: null,
      bundles: [HEALTHY],
    },
  ],
};

/** @returns answers of a fake bridge about what sets nodes apart. */
export function fakeCompare() {
  return {
    'compare.run': () => ok(COMPARISON),
    'compare.text': () => ok(TEXTS),
    'case.fleet': () => ok(FLEET),
  };
}
