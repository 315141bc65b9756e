/** A small analysis for the tests of the report and of the command line; every text can be replaced. */
import { createHash } from 'node:crypto';
import { BundleId, FileId, FindingId } from '../core/ids.ts';
import { REPORT_SECTION_KINDS, type ReportSectionKind } from '../core/report.ts';
import type { Analysis, Bundle, Evidence, Finding } from '../core/vocabulary.ts';
import type { CaseDocument } from './document.ts';
import { type DocumentInput, NO_CONTEXT, reportDocument } from './make-document.ts';

const BUNDLE = BundleId.parse('a'.repeat(64));
const HASH = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @param say maps every text that could come from a customer; the identity gives a readable sample. */
export function sampleInput(say: (text: string) => string = (text) => text): DocumentInput {
  const evidence = (file: string, line: number, text: string, note: string | null = null): Evidence => ({
    bundle: BUNDLE,
    node: say('ip-10-0-113-27'),
    fileId: FileId.parse(1),
    file: say(file),
    line,
    endLine: line + text.split('\n').length - 1,
    byteStart: 100,
    byteEnd: 100 + text.length,
    sha256: HASH(text),
    text: text.split('\n').map(say).join('\n'),
    note: note === null ? null : say(note),
  });
  const finding = (id: string, over: Partial<Finding>): Finding => ({
    id: FindingId.parse(id),
    rule: 'kube-services-empty',
    title: say('KUBE-SERVICES has no rules'),
    claim: say(
      'No packet to a Service is translated on this node: the chain `KUBE-SERVICES` of the nat table is there and empty.',
    ),
    severity: 'critical',
    confidence: { level: 'certain', because: say('the chain is declared in the dump and no rule is appended to it') },
    owner: 'kube-proxy',
    area: 'services',
    bundle: BUNDLE,
    node: say('ip-10-0-113-27'),
    first: null,
    last: null,
    count: 1,
    evidence: [evidence('networking/iptables-save.txt', 7, ':KUBE-SERVICES - [0:0]', 'declared, and nothing follows')],
    entities: [{ kind: 'chain', name: say('KUBE-SERVICES') }],
    userNotices: say('Connections to Services time out.'),
    advice: {
      now: [say('Restart kube-proxy on the node: `kubectl rollout restart daemonset/kube-proxy -n kube-system`')],
      longTerm: [say('Alert on kube-proxy sync failures.')],
      check: [say('`iptables-save -t nat | grep -c KUBE-SVC` is above 0')],
    },
    explains: [],
    ...over,
  });
  const sync = finding('5ec0nd0000000000', {
    rule: 'kube-proxy-restore-failed',
    title: say('iptables-restore failed'),
    claim: say('kube-proxy could not write its rules 14 times.'),
    severity: 'high',
    confidence: { level: 'likely', because: say('the message is kube-proxy own, the node clock is not known') },
    first: '2026-03-01T10:00:00.000Z',
    last: '2026-03-01T10:14:30.250Z',
    count: 14,
    evidence: [
      evidence(
        'var_log/kube-proxy.log',
        88,
        'E0301 10:00:00.000000       1 proxier.go:1517] "Failed to execute iptables-restore" err="exit status 4"\nI0301 10:00:01.000000       1 proxier.go:858] "Sync failed" retryingTime="30s"',
      ),
      evidence(
        'var_log/kube-proxy.log',
        402,
        'E0301 10:14:30.250000       1 proxier.go:1517] "Failed to execute iptables-restore"',
      ),
    ],
    entities: [],
  });
  const cause = finding('f1rst00000000000', { explains: ['kube-proxy-restore-failed'] });
  const bundle: Bundle = {
    id: BUNDLE,
    sha256: BUNDLE,
    name: say('eks_i-0123_2026-03-01_1020-UTC_0.7.9.tar.gz'),
    layout: say('eks-log-collector'),
    layoutBecause: say('`networking/` beside `ipamd/`'),
    node: say('ip-10-0-113-27'),
    nodeBecause: say('system/hostname.txt:1'),
    collectedAt: '2026-03-01T10:20:00.000Z',
    importedAt: '2026-03-02T08:00:00.000Z',
    files: 196,
    lines: 1_204_118,
    bytes: 120_300_400,
    storedBytes: 11_000_000,
    outcome: 'with-gaps',
    gaps: [
      {
        kind: 'truncated',
        weight: 'major',
        message: say('The archive ends in the middle of a member.'),
        file: say('var_log/messages'),
        byte: 83_000_001,
      },
    ],
    gapsNotListed: 3,
    markedHealthy: false,
  };
  const analysis: Analysis = {
    verdict: {
      sentence: say('kube-proxy has written no Service rules on ip-10-0-113-27: `KUBE-SERVICES` is empty.'),
      cause: cause.id,
      confidence: { level: 'certain', because: say('the captured rules show it') },
    },
    causes: [
      {
        finding: cause.id,
        rank: 1,
        because: say('it alone explains that every Service fails'),
        explains: [sync.id],
        changesIf: [say('rules in another iptables backend')],
      },
    ],
    findings: [cause, sync],
    coverage: {
      files: 196,
      filesRead: 190,
      filesEmpty: 4,
      filesTruncated: 1,
      filesBinary: 1,
      filesNotOpened: 0,
      duplicates: 12,
      lines: 1_204_118,
      bytes: 120_300_400,
      gaps: 4,
      bundlesNotOpened: [],
      analyzers: [
        { id: 'kube-services-empty', bundle: BUNDLE, outcome: { outcome: 'finding', findings: [cause.id] } },
        { id: 'dangling-jump', bundle: BUNDLE, outcome: { outcome: 'pass', because: say('every jump has its chain') } },
        {
          id: 'ipvs-leftovers',
          bundle: BUNDLE,
          outcome: { outcome: 'skipped', missing: say('ipvsadm.txt was not collected') },
        },
        { id: 'broken-check', bundle: BUNDLE, outcome: { outcome: 'failed', why: say('unexpected end') } },
      ],
    },
    completeness: [
      {
        bundle: BUNDLE,
        expected: say('networking/ipvsadm.txt'),
        state: 'not-collected',
        prevents: say('whether IPVS services exist'),
        file: null,
      },
      {
        bundle: BUNDLE,
        expected: say('kubelet/kubelet.log'),
        state: 'present',
        prevents: say(''),
        file: say('kubelet/kubelet.log'),
      },
    ],
    askCustomer: [
      {
        why: say('Whether rules live in the other backend'),
        command: say('iptables-legacy-save | head -50'),
        node: say('ip-10-0-113-27'),
      },
    ],
    nodes: [
      {
        bundle: BUNDLE,
        node: say('ip-10-0-113-27'),
        mode: 'iptables',
        modeBecause: say('KUBE-SERVICES is declared'),
        facts: [
          {
            name: say('kubelet version'),
            value: say('v1.31.2-eks-7f9249a'),
            because: say('kubelet.log'),
            evidence: [
              evidence(
                'kubelet/kubelet.log',
                3,
                'I0301 09:00:00 server.go:491] "Kubelet version" kubeletVersion="v1.31.2"',
              ),
            ],
          },
        ],
      },
    ],
  };
  const sections = REPORT_SECTION_KINDS.map((kind) => ({
    kind,
    heading: HEADINGS[kind],
    shown: 'yes' as const,
    text: '',
  }));
  return {
    draft: {
      template: 'customer-summary',
      title: say('CS-48213 Services time out'),
      sections,
      leftOut: [],
      order: [],
      context: 0,
      redaction: null,
    },
    bundles: [bundle],
    analysis,
    findings: analysis.findings,
    notes: new Map([[sync.id as string, say('Seen by the customer as well.')]]),
    kept: [
      { note: say('The first that is seen of it'), evidence: evidence('var_log/messages', 12, 'a line that was kept') },
    ],
    answers: [sampleAnswer(say, evidence)],
    contextOf: () => NO_CONTEXT,
    generatedBy: { name: 'Coldcase', version: '0.1.0', rules: 412 },
    generatedAt: '2026-03-02T09:00:00.000Z',
  };
}

function sampleAnswer(
  say: (text: string) => string,
  evidence: (file: string, line: number, text: string) => Evidence,
): DocumentInput['answers'][number] {
  return {
    pin: { method: 'network.trace', title: say('From the node to the API'), note: say('as the customer tried') },
    question: say('A new tcp connection from the node to 10.100.0.1:443.'),
    failed: null,
    sentences: [say('It goes out untranslated: no rule of the nat table matches it.')],
    tables: [
      {
        caption: say('Steps'),
        columns: ['Hook', 'Rule'],
        rows: [
          {
            cells: ['output', say('-A OUTPUT -j KUBE-SERVICES')],
            evidence: [evidence('networking/iptables-save.txt', 9, '-A OUTPUT -j KUBE-SERVICES')],
          },
        ],
      },
    ],
  };
}

const HEADINGS: Readonly<Record<ReportSectionKind, string>> = {
  verdict: 'Verdict',
  causes: 'Causes, most likely first',
  findings: 'Findings',
  lines: 'Lines of note',
  timeline: 'When it happened',
  traces: 'Traced packets',
  comparisons: 'Comparisons',
  runbooks: 'Runbooks',
  text: 'In our own words',
  ask: 'To ask the customer',
  'not-known': 'What was read, and what is not known',
  nodes: 'Nodes and versions',
  bundles: 'Where this comes from',
};

/** @returns the document of the sample. */
export function sampleDocument(
  say?: (text: string) => string,
  over: (input: DocumentInput) => DocumentInput = (input) => input,
): CaseDocument {
  return reportDocument(over(sampleInput(say)));
}
