import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../core/vocabulary.ts';
import { finding } from './finding.fixture.ts';
import { rankCauses } from './rank-causes.ts';

const ranks = (findings: readonly Finding[]): string[] => rankCauses(findings).map((one) => one.finding.rule);
const explained = (findings: readonly Finding[]): string[][] =>
  rankCauses(findings).map((one) => one.explained.map((each) => each.rule));

const empty = finding('kube-services-empty', { severity: 'critical', area: 'chains', explains: ['svc-no-endpoints'] });
const unreachable = finding('kube-proxy-api-unreachable', { severity: 'high', explains: ['stale-endpoint'] });
const sync = finding('kube-proxy-sync-failure', {
  severity: 'high',
  explains: ['stale-endpoint', 'kube-services-empty'],
});
const stale = finding('stale-endpoint', { severity: 'critical', area: 'chains' });

describe('rankCauses', () => {
  it('puts the emptied chain first and the unreachable API, its possible reason, directly below', () => {
    const other = finding('mark-masq-empty', { severity: 'critical', area: 'chains' });
    const ranked = rankCauses([unreachable, other, empty]);
    expect(ranked.map((one) => one.finding.rule)).toEqual([
      'kube-services-empty',
      'kube-proxy-api-unreachable',
      'mark-masq-empty',
    ]);
    expect(ranked[0]?.cause.because).toContain('Possible reason, ranked directly below');
    expect(ranked[0]?.cause.changesIf.join()).toContain('never says that it listed Services');
  });

  it('puts a failed sync before the stale endpoint it explains, though that is more severe', () => {
    const ranked = rankCauses([stale, sync]);
    expect(ranked).toHaveLength(1);
    expect(ranked[0]?.cause).toMatchObject({ rank: 1, finding: sync.id, explains: [stale.id] });
  });

  it('follows explanations through other findings', () => {
    const crash = finding('kube-proxy-crash', { severity: 'high', explains: ['kube-proxy-sync-failure'] });
    expect(ranks([stale, sync, crash])).toEqual(['kube-proxy-crash']);
    expect(explained([stale, sync, crash])).toEqual([['stale-endpoint', 'kube-proxy-sync-failure']]);
  });

  it('takes a chain that the symptom declares for one that the cause declares', () => {
    const symptom = finding('pod-not-ready', { severity: 'critical', explainedBy: ['kube-proxy-crash'] });
    const crash = finding('kube-proxy-crash', { severity: 'medium' });
    expect(ranks([symptom, crash])).toEqual(['kube-proxy-crash']);
    const elsewhere = finding('kube-proxy-crash', { severity: 'medium', node: 'other', bundle: 'b' });
    expect(ranks([symptom, elsewhere])).toEqual(['pod-not-ready', 'kube-proxy-crash']);
  });

  it('ranks why before that, of two things as bad as each other', () => {
    const symptom = finding('aa-failing', { severity: 'high', part: 'symptom' });
    const cause = finding('zz-reason', { severity: 'high', confidence: { level: 'likely', because: 'x' } });
    expect(ranks([symptom, cause])).toEqual(['zz-reason', 'aa-failing']);
  });

  it('leaves what lasts to the cause that lasts, when another was over long before, and says so', () => {
    const at = (minute: number): string => new Date(Date.UTC(2026, 2, 3, 13, minute)).toISOString();
    const outage = { ...unreachable, first: at(0), last: at(2), count: 9 };
    const failing = { ...sync, first: at(3), last: at(45), count: 80 };
    const [first, second] = rankCauses([outage, failing, stale]);
    expect(first?.cause).toMatchObject({ finding: failing.id, explains: [stale.id] });
    expect(second?.cause).toMatchObject({ finding: outage.id, explains: [] });
    expect(second?.cause.because).toContain(
      `Its last line is of ${at(2)}, and "${failing.title}" was logged for 43 min more: that explains "${stale.title}", not this`,
    );
    const both = [[stale.id], [stale.id]];
    const explains = (...findings: readonly Finding[]) => rankCauses(findings).map(({ cause }) => cause.explains);
    // Of the same severity, and one of them says only that something fails.
    expect(ranks([outage, { ...failing, part: 'symptom' }, { ...stale, severity: 'high' }])[0]).toBe(failing.rule);
    const later = finding('kube-proxy-sync-failure', { ...failing, bundle: 'captured later' });
    expect(explains(outage, later, stale)).toEqual(both);
    // Too short a silence, too few lines, a symptom that was over as well, and one that it brought about itself.
    expect(explains(outage, { ...failing, last: at(11) }, stale)).toEqual(both);
    expect(explains({ ...outage, last: at(10), count: 3 }, failing, stale)).toEqual(both);
    expect(explains({ ...outage, count: 2 }, failing, stale)).toEqual(both);
    expect(explains(outage, failing, { ...stale, first: at(1), last: at(3) })).toEqual(both);
    const root = { ...outage, explains: ['stale-endpoint', 'kube-proxy-sync-failure'] };
    expect(explains(root, failing, stale)).toEqual([[stale.id, failing.id]]);
    // Nothing else would explain it.
    expect(explains(outage, stale)).toEqual([[stale.id]]);
  });

  it('explains nothing on another node', () => {
    const elsewhere = finding('stale-endpoint', { severity: 'medium', area: 'chains', node: 'other', bundle: 'b' });
    expect(ranks([elsewhere, sync])).toEqual(['kube-proxy-sync-failure', 'stale-endpoint']);
  });

  it('lets no guess push something certain out of sight', () => {
    const guess = { ...sync, confidence: { level: 'possible', because: 'x' } } as const;
    expect(ranks([stale, guess])).toEqual(['stale-endpoint', 'kube-proxy-sync-failure']);
    const low = { ...sync, severity: 'low' } as const;
    expect(ranks([stale, low])).toEqual(['stale-endpoint']);
  });

  it('survives findings that explain each other, and themselves', () => {
    const one = finding('one', { severity: 'high', explains: ['two', 'one'] });
    const two = finding('two', { severity: 'medium', explains: ['one'] });
    expect(ranks([two, one])).toEqual(['one']);
    expect(explained([one, two])).toEqual([['two']]);
  });

  it('ranks captured state before log lines of the same severity, then the surer one', () => {
    const state = finding('zz-state', { severity: 'high', area: 'chains' });
    const log = finding('aa-log', { severity: 'high' });
    const likely = finding('aa-likely', { severity: 'high', confidence: { level: 'likely', because: 'x' } });
    expect(ranks([likely, log, state])).toEqual(['zz-state', 'aa-log', 'aa-likely']);
  });

  it('ranks what a healthy node shows too last, unless more follows from it here, and says so', () => {
    const noise = finding('aa-noise', { severity: 'critical', alsoOn: ['node-9'], explains: ['zz-symptom'] });
    const real = finding('bb-real', { severity: 'medium' });
    expect(ranks([noise, real])).toEqual(['bb-real', 'aa-noise']);
    const [, last] = rankCauses([noise, real]);
    expect(last?.cause.because).toContain('Also on node-9, marked healthy');
    expect(last?.cause.changesIf.join()).toContain('node-9 is not as healthy as it is marked');
    expect(ranks([noise, real, finding('zz-symptom')])).toEqual(['aa-noise', 'bb-real']);
  });

  it('says which checks could have explained or confirmed it, had there been something to look at', () => {
    const symptom = finding('pod-oom', { explainedBy: ['kernel-leak'], secondSignal: ['kernel-kill', 'other'] });
    const [ranked] = rankCauses(
      [symptom],
      ['kernel-leak', 'kernel-kill', 'unrelated'].map((id) => ({
        id,
        bundle: symptom.bundle,
        outcome: { outcome: 'skipped', missing: 'no kernel log' },
      })),
    );
    expect(ranked?.cause.changesIf.slice(0, 2)).toEqual([
      'what was not there to look at (no kernel log) shows kernel-leak: then that comes first',
      'what was not there to look at (no kernel log) shows kernel-kill: then this is confirmed',
    ]);
  });

  it('names no cause when nothing is above low', () => {
    expect(ranks([finding('a', { severity: 'low' }), finding('b', { severity: 'info' })])).toEqual([]);
  });

  it('gives every rank a reason and what would change it', () => {
    for (const { cause } of rankCauses([stale, empty, unreachable, finding('x', { severity: 'medium' })])) {
      expect(cause.because).not.toBe('');
      expect(cause.changesIf.length).toBeGreaterThan(0);
    }
  });

  it('does not depend on the order in which findings arrive, and every finding above low is told once', () => {
    const rules = ['a', 'b', 'c', 'd', 'e'];
    const some = fc.uniqueArray(
      fc.record({
        rule: fc.constantFrom(...rules),
        severity: fc.constantFrom('critical', 'high', 'medium', 'low'),
        area: fc.constantFrom('chains', 'kube-proxy'),
        node: fc.constantFrom('n1', 'n2'),
        explains: fc.subarray(rules),
      }),
      { selector: (one) => `${one.rule} ${one.node}`, maxLength: 8 },
    );
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (drafts, random) => {
        const all = drafts.map(({ rule, ...rest }) =>
          finding(rule, { ...rest, bundle: rest.node === 'n1' ? 'a' : 'b' } as never),
        );
        const shuffled = [...all].sort(() => ((random.next().value as number) % 3) - 1);
        const ranked = rankCauses(all);
        expect(rankCauses(shuffled).map((one) => one.cause)).toEqual(ranked.map((one) => one.cause));
        const told = new Set(ranked.flatMap((one) => [one.finding.id, ...one.explained.map((each) => each.id)]));
        expect(told.size).toBe(all.filter((one) => one.severity !== 'low').length);
      }),
    );
  });
});
