import { expect, test } from 'vitest';
import { FileId } from '../core/ids.ts';
import { EVIDENCE_REFS_MAX } from '../core/limits.ts';
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import { certain, chainEntity, chainFinding, gathered, listed } from './outcome.ts';

const ref = (line: number): LineRef => ({ fileId: FileId.parse(1), line, endLine: line });

const draft = (line: number, severity: FindingDraft['severity'] = 'medium'): FindingDraft =>
  chainFinding(ref(line), {
    rule: 'empty-sep',
    title: `finding ${line}`,
    claim: `claim ${line}.`,
    severity,
    confidence: certain('read'),
    owner: 'kube-proxy',
    entities: [chainEntity(`KUBE-${line}`)],
    userNotices: '',
    now: [],
    check: [],
    evidence: [ref(line), ref(line + 1)],
  });

test('evidence names a line once', () => {
  expect(draft(5).evidence.map((each) => each.line)).toEqual([5, 6]);
});

test('a few findings stay single', () => {
  const few = [draft(1), draft(2)];
  expect(gathered(few, 'all')).toBe(few);
});

test('many become one that counts them, as severe as the worst', () => {
  const many = Array.from({ length: 100 }, (_, at) => draft(at * 2 + 1, at === 50 ? 'high' : 'medium'));
  const [one, ...more] = gathered(many, '100 chains are empty');
  expect(more).toEqual([]);
  expect(one).toMatchObject({ title: '100 chains are empty', count: 100, severity: 'high' });
  expect(one?.claim).toContain('claim 1.');
  expect(one?.evidence).toHaveLength(EVIDENCE_REFS_MAX);
});

test('lists stay short', () => {
  expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
});
