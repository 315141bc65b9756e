/**
 * Errors and drops that network interfaces counted since boot. A few are found on every node: frames for protocols that
 * nobody listens to are counted as dropped. Only a share of all packets that is felt is told.
 */
import type { LinkErrors } from '../core/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, gathered, listed, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const PACKETS_MIN = 10_000;
const ERRORS_LOW = 0.0001;
const ERRORS_MEDIUM = 0.01;
const DROPS_LOW = 0.01;

export const interfaceErrors: Analyzer = {
  id: 'interface-errors',
  title: 'Network interfaces lose no packets',
  area: 'network',
  run(facts) {
    const lists = facts.host.linkErrors;
    if (lists.length === 0)
      return { outcome: 'skipped', missing: 'error counters of interfaces: ifconfig, or ip -s link' };
    const findings = lists.flatMap((list) =>
      list.value.flatMap((link) => {
        const errors = countOf(link, (name) => !name.endsWith('dropped'));
        const drops = countOf(link, (name) => name.endsWith('dropped'));
        if (link.packets < PACKETS_MIN || link.name === 'lo') return [];
        const share = { errors: errors / link.packets, drops: drops / link.packets };
        if (share.errors < ERRORS_LOW && share.drops < DROPS_LOW) return [];
        const counts = link.counts.filter(({ count }) => count > 0);
        return [
          stateFinding(refAt(list, counts[0]?.line ?? link.line), {
            rule: 'interface-errors',
            area: 'network',
            title: `${link.name} lost packets since boot`,
            claim: `${link.name} counted ${listed(
              counts.map(({ name, count }) => `${name} ${count}`),
              6,
            )} in ${link.packets} packets since boot. When, the counters do not tell.`,
            severity: share.errors >= ERRORS_MEDIUM ? 'medium' : 'low',
            confidence: certain('the kernel counts them'),
            owner: 'node OS',
            count: errors + drops,
            entities: [{ kind: 'interface', name: link.name }],
            userNotices:
              'Connections through this interface are slow now and then, because lost packets are sent again.',
            now: [
              `See whether they grow: \`ip -s link show ${link.name}; sleep 60; ip -s link show ${link.name}\``,
              `See which ones: \`ethtool -S ${link.name} | grep -vE ": 0$"\``,
            ],
            longTerm: [
              'More receive buffers help against drops: `ethtool -G`; errors are those of the driver or the link',
            ],
            check: ['The counters stay the same for a minute under load'],
            evidence: [refAt(list, link.line), ...counts.map(({ line }) => refAt(list, line))],
          }),
        ];
      }),
    );
    return outcomeOf(
      gathered(findings, `${findings.length} interfaces lost packets since boot`),
      'no interface lost a share of its packets that is felt',
    );
  },
};

/** An overrun or a frame error is an error as well (counted in both): the largest counts, not their sum. */
function countOf({ counts }: LinkErrors, isOne: (name: string) => boolean): number {
  const of = (way: string): number =>
    counts
      .filter(({ name }) => name.startsWith(way) && isOne(name))
      .reduce((most, { count }) => Math.max(most, count), 0);
  return of('rx') + of('tx');
}
