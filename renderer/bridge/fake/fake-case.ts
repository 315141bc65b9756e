/** One invented case of two nodes for tests; numbers agree with each other. */
import { NO_CLOCK } from '../../../analyzer/core/file-clock.ts';
import type {
  Analysis,
  Bundle,
  BundleId,
  CaseId,
  CaseSummary,
  Evidence,
  Finding,
  FindingId,
  Job,
  JobId,
  SourceFile,
} from '../../model/types.ts';

export const CASE_ID = '/cases/case-1' as CaseId;
export const AFFECTED = 'a'.repeat(64) as BundleId;
export const HEALTHY = 'b'.repeat(64) as BundleId;

export function makeBundle(part: Partial<Bundle> = {}): Bundle {
  return {
    id: AFFECTED,
    sha256: AFFECTED,
    name: 'eks_i-0c1f7a93b2e4d8560_2025-10-14_1102-UTC_0.7.9.tar.gz',
    layout: 'eks-log-collector',
    layoutBecause: 'the archive holds networking/ and ipamd/',
    node: 'ip-10-0-113-27',
    nodeBecause: 'kubelet.log names it in every line',
    collectedAt: '2025-10-14T11:02:01.000Z',
    importedAt: '2025-10-14T11:34:20.000Z',
    files: 4,
    lines: 1_204_118,
    bytes: 98_000_000,
    storedBytes: 20_000_000,
    outcome: 'with-gaps',
    gaps: [
      {
        kind: 'truncated',
        weight: 'major',
        message: 'The file ends inside a line',
        file: 'var_log/messages',
        byte: 88_102,
      },
      { kind: 'binary', weight: 'minor', message: 'Not text', file: 'var_log/wtmp', byte: null },
    ],
    gapsNotListed: 0,
    markedHealthy: false,
    ...part,
  };
}

export function makeEvidence(part: Partial<Evidence> = {}): Evidence {
  return {
    bundle: AFFECTED,
    node: 'ip-10-0-113-27',
    fileId: 1 as Evidence['fileId'],
    file: 'networking/iptables-save.txt',
    line: 88,
    endLine: 88,
    byteStart: 4_000,
    byteEnd: 4_024,
    sha256: 'c'.repeat(64),
    text: ':KUBE-SERVICES - [0:0]',
    note: '0 rules',
    ...part,
  };
}

export function makeFinding(id: string, part: Partial<Finding> = {}): Finding {
  return {
    id: id as FindingId,
    rule: 'kube-services-empty',
    title: 'nat KUBE-SERVICES is empty: 12 KUBE-SVC chains unreachable',
    claim: 'The chain exists and is reached from PREROUTING and OUTPUT, but holds no rule.',
    severity: 'critical',
    confidence: { level: 'certain', because: 'two dumps 29 min apart agree' },
    owner: 'kube-proxy',
    area: 'chains',
    first: null,
    last: null,
    count: 1,
    entities: [{ kind: 'chain', name: 'KUBE-SERVICES' }],
    userNotices: 'New connections to every ClusterIP time out; pod to pod by address works.',
    advice: {
      now: ['Stop the process that holds the lock, then watch `kubectl -n kube-system logs ds/kube-proxy`.'],
      longTerm: ['Keep KUBE-* chains out of the host firewall.'],
      check: ['`iptables -t nat -S KUBE-SERVICES` lists one rule a Service port.'],
    },
    bundle: AFFECTED,
    node: 'ip-10-0-113-27',
    evidence: [makeEvidence()],
    explains: [],
    ...part,
  };
}

const LOG_TEXT = [
  'E1014 10:07:44.812906       1 proxier.go:1482] "Failed to execute iptables-restore" err=<',
  '\texit status 4: Another app is currently holding the xtables lock; still 5s 0us time ahead to have a chance to grab the lock...',
  ' > ipFamily="IPv4" rules=""',
];

export const FINDINGS: readonly Finding[] = [
  makeFinding('f-lock', {
    rule: 'xtables-lock-held',
    title: 'Another process holds the xtables lock, so kube-proxy cannot write rules',
    claim: 'Each of 109 rule syncs since 10:07:44 failed with exit status 4.',
    owner: 'another firewall',
    confidence: { level: 'likely', because: 'the lock is named, its holder is not' },
    area: 'iptables',
    first: '2025-10-14T10:07:44.812Z',
    last: '2025-10-14T11:01:44.901Z',
    count: 109,
    evidence: [
      makeEvidence({
        file: 'var_log/kube-proxy.log',
        fileId: 2 as Evidence['fileId'],
        line: 4821,
        endLine: 4823,
        text: LOG_TEXT.join('\n'),
        note: null,
      }),
      makeEvidence({
        file: 'system/ps.txt',
        line: 214,
        endLine: 215,
        text: 'root 18422 fw-baseline\nroot 18423 curl',
        note: null,
      }),
    ],
  }),
  makeFinding('f-empty'),
  makeFinding('f-dns', {
    rule: 'dns-no-reply',
    title: 'Lookups to 172.20.0.10 get no reply',
    severity: 'high',
    area: 'conntrack',
    count: 1871,
  }),
  makeFinding('f-conntrack', {
    rule: 'conntrack-insert-failed',
    title: 'conntrack could not insert 1,204 entries since boot',
    severity: 'medium',
    owner: 'kernel',
    area: 'conntrack',
    confidence: { level: 'possible', because: 'a counter since boot has no rate' },
    count: 1204,
    evidence: [
      makeEvidence({
        file: 'networking/conntrack.txt',
        line: 3,
        endLine: 6,
        text: 'cpu=0 insert_failed=301',
        note: null,
      }),
    ],
  }),
  makeFinding('f-low', {
    rule: 'route-drift',
    title: 'One route names an interface that is down',
    severity: 'low',
    owner: 'VPC CNI',
    area: 'routes',
    bundle: HEALTHY,
    node: 'ip-10-0-126-200',
    evidence: [
      makeEvidence({ bundle: HEALTHY, node: 'ip-10-0-126-200', file: 'networking/iproute.txt', line: 9, endLine: 9 }),
    ],
  }),
];

export const CASE: CaseSummary = {
  id: CASE_ID,
  title: 'CS-48213 Checkout 504s',
  bundles: [
    makeBundle(),
    makeBundle({
      id: HEALTHY,
      sha256: HEALTHY,
      node: 'ip-10-0-126-200',
      name: 'eks_i-0f22d6be9017ac341_2025-10-14_1104-UTC_0.7.9.tar.gz',
      lines: 1_080_261,
      outcome: 'complete',
      gaps: [],
    }),
  ],
  unreadable: [],
};

export const ANALYSIS: Analysis = {
  verdict: {
    sentence:
      'kube-proxy has not programmed Services on ip-10-0-113-27 since 10:07:44 UTC: every rule sync fails on the xtables lock, and KUBE-SERVICES is empty.',
    cause: 'f-lock' as FindingId,
    confidence: { level: 'likely', because: 'the log and both dumps agree; no lock table was collected' },
  },
  causes: [
    {
      finding: 'f-lock' as FindingId,
      rank: 1,
      because: 'It takes effect before everything it explains and shares the entity `/run/xtables.lock`.',
      explains: ['f-empty' as FindingId, 'f-dns' as FindingId],
      changesIf: ['A lock table naming another holder: the cause stays, its owner changes.'],
    },
    {
      finding: 'f-conntrack' as FindingId,
      rank: 2,
      because: 'Nothing else explains it, and it explains nothing else.',
      explains: [],
      changesIf: ['A second reading of `conntrack -S`: a rate would say whether it still happens.'],
    },
  ],
  findings: FINDINGS,
  coverage: {
    files: 8,
    filesRead: 5,
    filesEmpty: 1,
    filesTruncated: 1,
    filesBinary: 1,
    filesNotOpened: 0,
    duplicates: 1,
    lines: 2_284_379,
    bytes: 196_000_000,
    gaps: 2,
    bundlesNotOpened: [],
    analyzers: [
      {
        id: 'conntrack-full',
        bundle: AFFECTED,
        outcome: { outcome: 'pass', because: 'conntrack table full: 4,812 of 131,072 entries' },
      },
      { id: 'nft-rules', bundle: AFFECTED, outcome: { outcome: 'skipped', missing: 'nft-ruleset was not collected' } },
      { id: 'chains', bundle: AFFECTED, outcome: { outcome: 'finding', findings: ['f-empty' as FindingId] } },
    ],
  },
  completeness: [
    {
      bundle: AFFECTED,
      expected: 'networking/iptables-save.txt',
      state: 'present',
      prevents: '',
      file: 'networking/iptables-save.txt',
    },
    {
      bundle: AFFECTED,
      expected: 'nft-ruleset.txt',
      state: 'not-collected',
      prevents: 'Whether Services are programmed in the nftables backend instead.',
      file: null,
    },
  ],
  askCustomer: [
    {
      why: 'Who holds the lock. Decides between likely and certain.',
      command: 'sudo lsof /run/xtables.lock',
      node: 'ip-10-0-113-27',
    },
    { why: 'Rules of the other backend.', command: 'sudo nft list ruleset > nft-ruleset.txt', node: null },
  ],
  nodes: [
    {
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      mode: 'iptables',
      modeBecause: 'KUBE-SERVICES exists in the nat table',
      facts: [
        {
          name: 'kernel',
          value: '5.10.244-240.965.amzn2.x86_64',
          because: 'uname -a',
          evidence: [makeEvidence({ file: 'system/uname.txt', line: 1, endLine: 1, text: 'Linux' })],
        },
        { name: 'kubelet version', value: '', because: 'kubelet.log holds no version line', evidence: [] },
      ],
    },
    {
      bundle: HEALTHY,
      node: 'ip-10-0-126-200',
      mode: 'iptables',
      modeBecause: 'KUBE-SERVICES exists in the nat table',
      facts: [],
    },
  ],
};

export function makeFile(id: number, path: string, part: Partial<SourceFile> = {}): SourceFile {
  return {
    id: id as SourceFile['id'],
    bundle: AFFECTED,
    path,
    role: 'other',
    roleBecause: 'nothing recognised it',
    format: 'text',
    encoding: 'utf-8',
    clock: NO_CLOCK,
    bytes: 10_000,
    lines: 196,
    firstTime: null,
    lastTime: null,
    warnings: 0,
    errors: 0,
    sha256: 'd'.repeat(64),
    aliasOf: null,
    coverage: 'read',
    ...part,
  };
}

export const FILES: readonly SourceFile[] = [
  makeFile(1, 'networking/iptables-save.txt', { role: 'iptables-save' }),
  makeFile(2, 'var_log/kube-proxy.log', { role: 'kube-proxy-log', lines: 5_902, errors: 109, bytes: 900_000 }),
  makeFile(3, 'system/ps.txt', { role: 'processes', lines: 288 }),
  makeFile(4, 'networking/ip6tables-save.txt', { role: 'ip6tables-save', lines: 0, bytes: 0, coverage: 'empty' }),
  makeFile(1, 'networking/iproute.txt', { bundle: HEALTHY, role: 'ip-route', lines: 61 }),
];

/** @returns the text of any line of the fake files. */
export function lineText(path: string, number: number): string {
  if (path === 'var_log/kube-proxy.log') {
    if (number >= 4821 && number <= 4823) return LOG_TEXT[number - 4821] ?? '';
    return `I1014 10:07:${String(number % 60).padStart(2, '0')}.562031       1 proxier.go:828] "Syncing iptables rules" ipFamily="IPv4" line=${number}`;
  }
  return number === 88 ? ':KUBE-SERVICES - [0:0]' : `:KUBE-SVC-${number} - [0:0]`;
}

export function makeJob(part: Partial<Job> = {}): Job {
  return {
    id: 'job-1' as JobId,
    kind: 'import',
    title: 'Import eks_i-0c1f.tar.gz',
    caseId: CASE_ID,
    state: 'running',
    progress: {
      phase: 'reading',
      bytesDone: 620,
      bytesTotal: 1000,
      files: 12,
      lines: 40_000,
      bytesPerSecond: 81_000_000,
    },
    outcome: null,
    failure: null,
    startedAt: '2025-10-14T11:34:00.000Z',
    endedAt: null,
    imports: [],
    ...part,
  };
}
