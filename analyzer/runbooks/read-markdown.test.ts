import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataFolder } from '../core/resources.ts';
import { readMarkdownRunbook } from './read-markdown.ts';
import { type Runbook, stepsOf } from './runbook.ts';

const FILE = path.join(dataFolder('runbooks'), 'seed', 'D2-kube-proxy-sync.md');
const SEED = readFileSync(FILE, 'utf8');

function readOf(text: string): Runbook {
  const read = readMarkdownRunbook(text, 'D2-kube-proxy-sync.md');
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  return read.runbook;
}

function mistakesOf(text: string) {
  const read = readMarkdownRunbook(text, 'x.md');
  return read.ok ? [] : read.mistakes;
}

describe('the seed', () => {
  const runbook = readOf(SEED);

  test('is shipped as it was given', () => {
    const hash = createHash('sha256').update(readFileSync(FILE)).digest('hex');
    expect(hash).toBe('42a2748d28eaec97b2a15a0bbd0a3b02342e02223f240f0262c37353a60959d5');
  });

  test('front matter, phases, guardrails, issues', () => {
    expect(runbook).toMatchObject({ id: 'D2', severity: 'HIGH', status: 'active', owner: 'devops-agent' });
    expect(runbook.triggers.map(({ text }) => text)).toEqual([
      'Failed to list *v1.Endpoints',
      'error syncing iptables rules',
      'KUBE-SVC chains missing',
    ]);
    expect(runbook.phases.map(({ title }) => title)).toEqual([
      'Phase 1 — Triage',
      'Phase 2 — Enrich',
      'Phase 3 — Report',
    ]);
    expect(runbook.escalation.map(({ where }) => where)).toEqual(['here', 'here', 'everywhere']);
    expect(runbook.escalation[0]?.when).toBeNull();
    expect(runbook.safetyRatings).toHaveLength(2);
    expect(runbook.commonIssues.every(({ when }) => when !== null)).toBe(true);
  });

  test('no bullet is lost: every line that begins with a dash in a phase is a step at that line', () => {
    const lines = SEED.split('\n');
    const phases = lines.slice(0, lines.indexOf('## Guardrails'));
    const from = phases.indexOf('## Phase 1 — Triage');
    const bullets = phases.flatMap((line, at) => (at > from && /^\s*- /.test(line) ? [at + 1] : []));
    expect(bullets.length).toBeGreaterThan(25);
    expect(stepsOf(runbook).map(({ line }) => line)).toEqual(bullets);
  });

  test('every bullet becomes something that can be done: none is left to the reader', () => {
    expect(stepsOf(runbook).filter(({ action }) => action.do === 'read')).toEqual([]);
    const done = Object.groupBy(stepsOf(runbook), ({ action }) => action.do);
    expect(Object.fromEntries(Object.entries(done).map(([what, steps]) => [what, steps?.length]))).toEqual({
      group: 2,
      ask: 2,
      check: 4,
      collected: 2,
      findings: 1,
      network: 3,
      look: 5,
      timeline: 1,
      compare: 2,
      summary: 1,
      'root-cause': 1,
      mitigation: 2,
      confirm: 1,
      cited: 2,
    });
  });

  test('levels and places', () => {
    const level = (id: string) => stepsOf(runbook).find((step) => step.id === id)?.level;
    expect([level('1.1.1'), level('1.7'), level('1.9'), level('3.7')]).toEqual(['MUST', 'SHOULD', 'MAY', 'MAY']);
  });

  test('conclusions: the configuration first, then a crash, then the API; each rated', () => {
    const causes = [...new Set(runbook.conclusions.map(({ rootCause }) => rootCause))];
    expect(causes).toEqual([
      'kube-proxy sync failure — config_error',
      'kube-proxy sync failure — crash',
      'kube-proxy sync failure — api_connectivity',
    ]);
    expect(new Set(runbook.conclusions.map(({ immediate }) => immediate.safety))).toEqual(new Set(['YELLOW']));
    const crash = runbook.conclusions.find(({ rootCause }) => rootCause.endsWith('crash'));
    expect(crash?.because).toBe('kube-proxy not running on node — iptables/IPVS rules will not be synced');
  });

  test('Windows line endings and a byte order mark change nothing', () => {
    expect(readOf(`\uFEFF${SEED.replaceAll('\n', '\r\n')}`)).toEqual(runbook);
  });
});

describe('what is wrong is told with line and column', () => {
  const place = (text: string, words: string) => {
    const before = text.slice(0, text.indexOf(words)).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };

  test.each([
    ['a pattern that is none', 'query=`ipvs|ipvsadm`', 'query=`ipvs|)ipvsadm`', ')ipvsadm'],
    ['a search for nothing', 'query=`ipvs|ipvsadm`', 'query=``', 'query=``'],
    [
      'guardrails that are no YAML',
      '"API server unreachable from',
      '"API server" unreachable from',
      'unreachable from',
    ],
    ['front matter without a title', 'title: "D2', 'titel: "D2', 'titel: "D2'],
    ['an output format that is no YAML', 'evidence:\n', 'evidence: [\n', 'severity: HIGH\nmitigation'],
    [
      'a mitigation that says nothing',
      'immediate: "Operator: restart kube-proxy pods"',
      'immediate: ""',
      'immediate: ""',
    ],
  ])('%s', (_name, from, to, near) => {
    expect(SEED).toContain(from);
    const text = SEED.replace(from, () => to);
    const found = mistakesOf(text);
    const { line, column } = place(text, near);
    expect(found.map((one) => one.line)).toContain(line);
    if (near.startsWith(')')) expect(found[0]?.column).toBe(column);
  });

  test.each([
    ['no front matter', '# Notes\n\nkube-proxy is down\n', 'no front matter'],
    ['no phase', '---\ntitle: x\nseverity: LOW\n---\n\ntext\n', '## Phase 1'],
    ['no output format', SEED.slice(0, SEED.indexOf('## Output Format')), '## Output Format'],
    ['nothing', '', 'no front matter'],
  ])('%s', (_name, text, says) => {
    expect(
      mistakesOf(text)
        .map(({ message }) => message)
        .join(),
    ).toContain(says);
  });

  test('what would take for ever is refused at its line', () => {
    const begin = '---\ntitle: x\nseverity: L\n---\n## Phase 1\n';
    expect(mistakesOf(`${begin}${'1. '.repeat(20_000)}`)[0]).toMatchObject({ line: 6, column: 1 });
    expect(mistakesOf(`${begin}${'- a\n'.repeat(16_000)}`)[0]?.message).toContain('lines');
    // Links and emphasis that are never closed are text, and bullets all the same.
    const long = `${begin}- ${'[a](b *c_ `d <e '.repeat(3_000)}\n`;
    expect(mistakesOf(long).map(({ message }) => message)).toEqual([expect.stringContaining('Output Format')]);
  });

  test('any text is read or refused with places in it, and never throws', () => {
    const cut = fc.tuple(fc.nat(SEED.length), fc.nat(SEED.length), fc.string({ maxLength: 20, unit: 'grapheme' }));
    fc.assert(
      fc.property(cut, ([from, length, inside]) => {
        const text = SEED.slice(0, from) + inside + SEED.slice(from + (length % 200));
        const lines = text.split(/\r\n|\n/).length;
        for (const { line, column } of mistakesOf(text)) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines + 1);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('another runbook in the same form', () => {
  const OTHER = `---
title: "A1 — Node Not Ready"
severity: CRITICAL
---

## Phase 1 — Triage

MUST:
- Use \`validate\` tool with executionId
- Use \`frobnicate\` tool with instanceId
- Look at the console of the machine

Some prose between.

## Guardrails

## Output Format

\`\`\`yaml
root_cause: "Node not ready — <disk_pressure|pleg|unknown>"
evidence:
  - type: errors
    content: "<line>"
severity: <CRITICAL|HIGH>
mitigation:
  immediate: "Terminate the node"
  long_term: "Watch disk usage"
\`\`\`
`;

  test('what nothing is known of is left to the reader, prose included; choices go by the words of findings', () => {
    const runbook = readOf(OTHER);
    expect(stepsOf(runbook).map(({ action }) => action.do)).toEqual(['completeness', 'read', 'read', 'read']);
    expect(runbook.conclusions.map(({ when }) => (when.by === 'tied' ? when.words : null))).toEqual([
      ['disk', 'pressure'],
      ['pleg'],
      ['unknown'],
    ]);
    expect(runbook.conclusions[0]).toMatchObject({
      rootCause: 'Node not ready — disk_pressure',
      immediate: { safety: 'RED' },
      longTerm: { safety: 'GREEN' },
    });
  });
});
