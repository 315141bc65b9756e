/** Runbooks of the fake case: two that fit, one that does not, a broken file, and what one gives when it is run. */
import type {
  BundleId,
  FindingId,
  RunbookContents,
  RunbookHead,
  RunbookResult,
  RunbookStep,
  RunbooksAnswer,
} from '../../model/types.ts';
import { AFFECTED, HEALTHY, makeEvidence } from './fake-case.ts';

const ok = <T>(value: T) => ({ ok: true as const, value });

function makeRunbook(id: string, part: Partial<RunbookHead> = {}): RunbookHead {
  return {
    id,
    title: `Runbook ${id}`,
    description: `What ${id} is about.`,
    severity: 'HIGH',
    owner: 'kube-proxy',
    objective: 'Say why the rules of Services are not written, and mend it.',
    status: 'active',
    form: 'markdown',
    origin: 'shipped',
    file: `${id}.md`,
    triggers: ['Failed to execute iptables-restore'],
    steps: 4,
    ...part,
  };
}

export const SYNC = makeRunbook('D2', { title: 'kube-proxy Sync Issues' });

export const RUNBOOKS: RunbooksAnswer = {
  runbooks: [
    {
      runbook: SYNC,
      suggested: [
        { because: 'Finding: Another process holds the xtables lock', findings: ['f-lock' as FindingId] },
        { because: 'Trigger "Failed to execute iptables-restore": 109 lines hold it', findings: [] },
      ],
    },
    {
      runbook: makeRunbook('dns', { title: 'Names are not resolved', severity: 'medium', form: 'yaml' }),
      suggested: [{ because: 'Finding: Lookups to 172.20.0.10 get no reply', findings: ['f-dns' as FindingId] }],
    },
    {
      runbook: makeRunbook('pleg', {
        title: 'PLEG is not healthy',
        origin: 'own',
        owner: 'kubelet',
        file: '/home/me/runbooks/pleg.yaml',
        form: 'yaml',
      }),
      suggested: [],
    },
  ],
  broken: [
    {
      file: '/home/me/runbooks/half.yaml',
      origin: 'own',
      mistakes: [{ line: 12, column: 5, message: 'phases.0.steps: at least one step is needed' }],
    },
  ],
  notSuggested: null,
};

const CONTENTS: RunbookContents = {
  runbook: SYNC,
  context: 'kube-proxy writes rules that map a Service to its endpoints.',
  phases: [
    {
      title: 'Phase 1 - Triage',
      steps: [
        { id: '1.1', depth: 0, level: 'MUST', kind: 'check', text: 'Is kube-proxy running?' },
        { id: '1.2', depth: 0, level: 'SHOULD', kind: 'look', text: 'Use `search` with query=`iptables-restore`' },
      ],
    },
  ],
  escalation: ['All nodes miss Service rules'],
  safetyRatings: ['Restart kube-proxy: YELLOW'],
  commonIssues: [],
};

export function makeStep(id: string, part: Partial<RunbookStep> = {}): RunbookStep {
  return {
    id,
    phase: 'Phase 1 - Triage',
    depth: 0,
    level: 'MUST',
    kind: 'check',
    text: `What step ${id} looks at`,
    line: 20,
    end: 'pass',
    because: 'It is as it should be.',
    evidence: [],
    findings: [],
    commands: [],
    ...part,
  };
}

export const RESULT: RunbookResult = {
  runbook: SYNC,
  bundle: AFFECTED,
  node: 'ip-10-0-113-27',
  nodeBecause: 'it has: Another process holds the xtables lock',
  rootCause: 'kube-proxy sync failure - config_error',
  established: 'yes',
  because: 'Another process holds the xtables lock, so kube-proxy cannot write rules.',
  findings: ['f-lock' as FindingId],
  steps: [
    makeStep('1.1', {
      kind: 'group',
      text: '**FIRST**: look at the node',
      end: 'needs-customer',
      because: 'As 1.1.1.',
    }),
    makeStep('1.1.1', {
      depth: 1,
      kind: 'ask',
      text: 'Is the node Ready? `kubectl get nodes`',
      end: 'needs-customer',
      because: 'The case does not hold it.',
      commands: ['kubectl get nodes'],
    }),
    makeStep('1.2', {
      text: 'Use `errors` to find errors of kube-proxy',
      end: 'finding',
      because: 'Another process holds the xtables lock.',
      findings: ['f-lock' as FindingId],
      evidence: [makeEvidence({ file: 'var_log/kube-proxy.log', line: 4821, endLine: 4823, note: null })],
    }),
    makeStep('1.3', {
      level: 'SHOULD',
      kind: 'look',
      text: 'Use `search` tool with query=`a/b|restore` to find failures',
      end: 'not-found',
      because: 'No line matches.',
    }),
    makeStep('2.1', {
      phase: 'Phase 2 - Enrich',
      level: 'MAY',
      end: 'not-applicable',
      because: 'The mode is iptables.',
    }),
    makeStep('2.2', { phase: 'Phase 2 - Enrich', level: null, end: 'failed', because: 'The search was stopped.' }),
    makeStep('3.1', { phase: 'Phase 3 - Report', kind: 'report' }),
  ],
  escalation: [
    { condition: 'A restart does not restore the rules', state: 'not-known', because: 'no bundle tells', findings: [] },
    { condition: 'The API server is unreachable', state: 'does-not-hold', because: 'it answers', findings: [] },
  ],
  mitigation: [
    { when: 'immediate', text: 'Stop `fw-baseline`', safety: 'YELLOW', because: 'it restarts a service' },
    { when: 'long-term', text: 'Keep KUBE-* chains out of the baseline', safety: 'GREEN', because: 'it only reads' },
  ],
  safetyRatings: ['Restart kube-proxy: YELLOW'],
  commonIssues: [
    {
      symptoms: 'iptables-restore fails with exit status 4',
      diagnosis: 'The lock is held by something else',
      resolution: 'Find who holds it',
      safety: 'GREEN',
      state: 'seen',
      because: 'Another process holds the xtables lock',
    },
  ],
  askCustomer: [
    { why: 'Is the node Ready?', command: 'kubectl get nodes', node: 'ip-10-0-113-27' },
    { why: 'Who holds the lock?', command: 'sudo lsof /run/xtables.lock', node: 'ip-10-0-113-27' },
  ],
  output: {
    root_cause: 'kube-proxy sync failure - config_error',
    evidence: [{ type: 'errors', content: 'var_log/kube-proxy.log:4821' }],
    severity: 'HIGH',
    mitigation: { immediate: 'Stop fw-baseline', long_term: 'Keep KUBE-* chains out of the baseline' },
  },
  document: 'root_cause: "kube-proxy sync failure - config_error"\nseverity: HIGH\n',
  markdown: '# kube-proxy Sync Issues\n',
};

export const NOT_ESTABLISHED: RunbookResult = {
  ...RESULT,
  bundle: HEALTHY,
  node: 'ip-10-0-126-200',
  rootCause: 'not established',
  established: 'no',
  because: 'No conclusion of the runbook fits what the case holds.',
  mitigation: [],
  output: { ...RESULT.output, root_cause: 'not established', mitigation: { immediate: '', long_term: '' } },
  steps: RESULT.steps.filter(({ end }) => end === 'needs-customer'),
};

/** @returns answers about runbooks for a fake bridge; on the healthy node nothing is established. */
export function fakeRunbooks() {
  return {
    'runbooks.list': ({ caseId }: { readonly caseId: string | null }) =>
      ok(
        caseId === null
          ? { ...RUNBOOKS, runbooks: RUNBOOKS.runbooks.map((one) => ({ ...one, suggested: [] })) }
          : RUNBOOKS,
      ),
    'runbooks.get': () => ok(CONTENTS),
    'runbooks.run': ({ bundle }: { readonly bundle?: string | null | undefined }) =>
      ok(bundle === (HEALTHY as BundleId) ? NOT_ESTABLISHED : RESULT),
  };
}
