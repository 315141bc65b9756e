/** A small report with a value of each kind, for tests of redaction. */
import { BundleId, FileId, FindingId } from '../core/ids.ts';
import type { CaseDocument, DocumentEvidence } from './document.ts';
import type { CaseKnowledge } from './redaction/redacted-report.ts';

export const SAMPLE_BUNDLE = BundleId.parse('ab'.repeat(32));
const line = (number: number, text: string) => ({ number, text, more: 0 });

export const sampleEvidence: DocumentEvidence = {
  label: 'F1.1',
  file: 'logs/worker1/messages',
  line: 7,
  endLine: 8,
  lines: [
    line(7, 'Accepted publickey for jroewright from 10.0.1.2'),
    line(8, 'x-token of jroewright: anJvZXdyaWdodA=='),
  ],
  sha256: 'cd'.repeat(32),
  bundle: SAMPLE_BUNDLE,
  node: 'worker1',
  fileId: FileId.parse(3),
  byteStart: 0,
  byteEnd: 90,
  note: null,
  moreLines: 0,
  before: [line(6, '-----BEGIN RSA PRIVATE KEY-----')],
  after: [],
};

export const redactedSample: CaseDocument = {
  schema: 'coldcase-report/2',
  title: 'Why jroewright cannot reach worker1',
  template: 'customer-summary',
  generatedAt: '2026-11-22T10:00:00.000Z',
  generatedBy: { name: 'Coldcase', version: '0.1.0', rules: 3 },
  sections: [{ kind: 'findings', heading: 'Findings', text: 'As ACME said, db_password=hunter22 is in use.' }],
  verdict: null,
  causes: [],
  findings: [
    {
      label: 'F1',
      id: FindingId.parse('0123456789abcdef'),
      rule: 'kubelet-dead',
      title: 'kubelet is dead on worker1',
      claim: 'It was hunter22.',
      severity: 'high',
      confidence: { level: 'likely', because: '10.0.1.2 said so' },
      owner: 'kubelet',
      node: 'worker1',
      bundle: SAMPLE_BUNDLE,
      chosen: 'chosen',
      first: '2026-11-22T09:00:00.000Z',
      last: null,
      count: 1,
      evidence: [sampleEvidence],
      entities: [{ kind: 'ip', name: '10.0.1.2' }],
      userNotices: '',
      advice: { now: ['ping 10.0.1.2'], longTerm: [], check: [] },
      alsoOn: [],
      note: 'ask user=high about it',
    },
  ],
  findingsNotInReport: 0,
  kept: [],
  timeline: [],
  answers: [],
  askCustomer: [],
  coverage: null,
  nodes: [],
  bundles: [],
  excerpts: [],
  references: [
    {
      label: 'F1.1',
      bundle: SAMPLE_BUNDLE,
      node: 'worker1',
      file: sampleEvidence.file,
      fileId: 3,
      line: 7,
      endLine: 8,
      byteStart: 0,
      byteEnd: 90,
      sha256: sampleEvidence.sha256,
    },
  ],
  redaction: null,
};

export const sampleKnowledge: CaseKnowledge = {
  caseId: 'case-1',
  key: new Uint8Array(32).fill(9),
  known: [],
  hosts: ['worker1'],
  networks: ['10.0.0.0/16'],
  serviceNetworks: [],
};
