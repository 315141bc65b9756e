import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { expect, test } from 'vitest';
import { BundleId, FileId } from '../core/ids.ts';
import type { RunbookResult } from '../core/runbook.ts';
import { runbookMarkdown } from './runbook.ts';

const HOSTILE = '<img src=x> [a](http://b) **c** ```\n# d';
const bundle = BundleId.parse('a'.repeat(64));

const result: Omit<RunbookResult, 'markdown'> = {
  runbook: {
    id: 'x',
    title: HOSTILE,
    description: '',
    severity: 'high',
    owner: '',
    objective: '',
    status: 'active',
    form: 'yaml',
    origin: 'own',
    file: 'x.yaml',
    triggers: [],
    steps: 1,
  },
  bundle,
  node: HOSTILE,
  nodeBecause: HOSTILE,
  rootCause: HOSTILE,
  established: 'yes',
  because: HOSTILE,
  findings: [],
  steps: [
    {
      id: '1.1',
      phase: HOSTILE,
      depth: 0,
      level: 'MUST',
      kind: 'ask',
      text: HOSTILE,
      line: 1,
      end: 'needs-customer',
      because: HOSTILE,
      evidence: [
        {
          bundle,
          node: null,
          fileId: FileId.parse(1),
          file: HOSTILE,
          line: 1,
          endLine: 1,
          byteStart: 0,
          byteEnd: 1,
          sha256: '',
          text: HOSTILE.replace('\n', ' '),
          note: null,
        },
      ],
      findings: [],
      commands: [HOSTILE],
    },
  ],
  escalation: [{ condition: HOSTILE, state: 'holds', because: HOSTILE, findings: [] }],
  mitigation: [{ when: 'immediate', text: HOSTILE, safety: 'RED', because: HOSTILE }],
  safetyRatings: [HOSTILE],
  commonIssues: [],
  askCustomer: [{ command: HOSTILE, why: HOSTILE, node: null }],
  output: { root_cause: HOSTILE, evidence: [], severity: 'x', mitigation: { immediate: '', long_term: '' } },
  document: `root_cause: ${JSON.stringify(HOSTILE)}\n`,
};

function typesOf(node: Nodes): readonly string[] {
  return [node.type, ...('children' in node ? node.children.flatMap((child) => typesOf(child)) : [])];
}

test('what was captured, and what a runbook says, cannot become markup', () => {
  const text = runbookMarkdown(result);
  const types = typesOf(fromMarkdown(text));
  for (const type of ['html', 'link', 'image', 'emphasis', 'definition']) expect(types).not.toContain(type);
  // Root cause, one rating, one condition: the bold words are ours.
  expect(types.filter((type) => type === 'strong')).toHaveLength(3);
  expect(text).toContain('MUST');
  expect(text).toContain('needs the customer');
  expect(text).toContain('**RED**');
});

test('a result without a root cause advises nothing, and says so', () => {
  const text = runbookMarkdown({ ...result, mitigation: [] });
  expect(text).toContain('## Mitigation\n\nNothing is advised before the root cause is established.\n\n## Escalate if');
  expect(text).not.toContain('**RED**');
});
