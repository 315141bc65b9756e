import { describe, expect, it } from 'vitest';
import { ROLES } from '../layouts/roles.ts';
import { LineRules } from './line-rules.ts';
import { loadRules } from './loader.ts';
import { ruleMatchesText } from './rule-lines.ts';

const { rules } = loadRules(import.meta.dirname, ROLES);
const all = new LineRules(rules);

describe('LineRules', () => {
  it('says of every sample of every rule what the rule itself says', () => {
    let matched = 0;
    for (const rule of rules) {
      for (const sample of [...rule.samples.match, ...rule.samples.miss]) {
        const line = sample.split('\n', 1)[0] ?? '';
        for (const role of new Set(rule.where.flatMap(({ roles }) => roles))) {
          const said = all.matchesOf(role, line).some(({ id }) => id === rule.id);
          if (said) matched++;
          expect({ rule: rule.id, role, line, said }).toEqual({
            rule: rule.id,
            role,
            line,
            said: ruleMatchesText(rule, role, line),
          });
        }
      }
    }
    expect(matched).toBeGreaterThan(rules.length);
  });

  it('finds the lines of a block in order and names entities', () => {
    const lines = [
      'I0501 12:00:00.000000    1180 kubelet.go:1] "all is well"',
      'I0803 11:04:12.774000    1180 prober.go:107] "Probe failed" probeType="Readiness" pod="default/web-0" podUID="2" containerName="web" probeResult="failure" output="x"',
      'E0719 20:55:02.473190     914 x.go:1] failed to update node lease, error: gone',
    ];
    const bytes = Buffer.from(lines.join('\n'));
    const hits = all.hits('kubelet-log', bytes);
    const starts = hits.map(({ at }) => bytes.toString('utf8', 0, at).split('\n').length - 1);
    expect(starts).toEqual(starts.toSorted((one, two) => one - two));
    const second = hits.filter((_, index) => starts[index] === 1).flatMap(({ asked }) => asked);
    expect(all.matches(second, lines[1] ?? '')).toContainEqual({
      id: 'probe-readiness-failing',
      entities: [{ kind: 'pod', name: 'default/web-0' }],
      counts: 'always',
    });
  });

  it('tells the line of a failure that says less from the other one', () => {
    const counts = (line: string) => all.matchesOf('kube-proxy-log', line).map(({ id, counts }) => `${id} ${counts}`);
    expect(counts('I0501 12:00:00.223456       1 proxier.go:871] "Sync failed" ipFamily="IPv4"')).toEqual([
      'kube-proxy-sync-failure otherwise',
    ]);
    expect(
      counts('E0501 12:00:00.1  1 proxier.go:1] "Failed to execute iptables-restore" err="exit status 4"'),
    ).toEqual(['kube-proxy-sync-failure always']);
  });

  it('takes a line of a shared log for that of the program that wrote it', () => {
    const ids = (line: string) => all.matchesOf('system-log', line).map(({ id }) => id);
    const full = 'nf_conntrack: nf_conntrack: table full, dropping packet';
    for (const own of [
      `Mar  1 11:49:00 node kernel: ${full}`,
      `2026-03-01T11:49:00.1+00:00 node kernel: [ 9.1] ${full}`,
    ]) {
      expect({ own, ids: ids(own) }).toEqual({ own, ids: ['conntrack-table-full'] });
    }
    for (const writer of ['logger: copied from b: ', 'root: ', 'app[77]: msg="', 'sudo[5]: a : COMMAND=/bin/grep ']) {
      expect({ writer, ids: ids(`Mar  1 11:49:00 node ${writer}kernel: ${full}`) }).toEqual({ writer, ids: [] });
    }
  });

  it('looks into no file of another role', () => {
    expect(all.matchesOf('iptables-save', 'nf_conntrack: table full, dropping packet')).toEqual([]);
  });
});
