/**
 * Packets that EC2 shaped or dropped because the instance has no more allowance (ENA driver, counters
 * `*_allowance_exceeded` of `ethtool -S`; EC2 user guide, "Monitor network performance"). They count since the driver
 * was loaded, which is the boot: not zero says that it happened, not when and not how fast.
 */
import type { FindingDraft } from '../core/vocabulary.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, listed, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

interface Allowance {
  readonly words: string;
  readonly notices: string;
  readonly later: string;
  /** Dropped, not queued: from here on it is no longer a few packets of a burst. */
  readonly manyFrom: number | null;
}

const ALLOWANCES: Readonly<Record<string, Allowance>> = {
  bw_in_allowance_exceeded: {
    words: 'inbound bandwidth',
    notices: 'Transfers to the node were slowed down; some packets were lost.',
    later: 'Take an instance type with more bandwidth, or spread the pods that receive much',
    manyFrom: null,
  },
  bw_out_allowance_exceeded: {
    words: 'outbound bandwidth',
    notices: 'Transfers from the node were slowed down; some packets were lost.',
    later: 'Take an instance type with more bandwidth, or spread the pods that send much',
    manyFrom: null,
  },
  pps_allowance_exceeded: {
    words: 'packets per second',
    notices: 'Packets were lost although the bandwidth was not used up; small packets (DNS, RPC) first.',
    later: 'Take a larger instance type, or spread pods with many small packets',
    manyFrom: null,
  },
  conntrack_allowance_exceeded: {
    words: 'connections tracked by the security groups',
    notices: 'New connections to and from the node timed out, while open ones went on.',
    later:
      'Take a larger instance type, keep connections open, or let security groups pass all traffic of such pods both ways, which is not tracked',
    manyFrom: 100,
  },
  linklocal_allowance_exceeded: {
    words: "packets per second to Amazon's DNS, metadata and time services",
    notices: 'DNS lookups and calls for credentials from the node timed out now and then.',
    later:
      'Use NodeLocal DNSCache, and spread CoreDNS over more nodes: 1,024 packets a second are allowed for each network interface',
    manyFrom: 100,
  },
};

export const enaAllowanceExceeded: Analyzer = {
  id: 'ena-allowance-exceeded',
  title: 'EC2 dropped nothing for lack of allowance',
  area: 'network',
  run(facts) {
    const interfaces = facts.host.counters.flatMap((fact) => fact.value.map((one) => ({ fact, ...one })));
    const known = interfaces.filter(({ counters }) => Object.keys(ALLOWANCES).some((name) => counters.has(name)));
    if (known.length === 0)
      return { outcome: 'skipped', missing: 'allowance counters of the ENA driver: ethtool -S eth0' };
    const findings = Object.entries(ALLOWANCES).flatMap(([name, allowance]): readonly FindingDraft[] => {
      const hit = known.flatMap(({ fact, name: device, counters }) => {
        const counter = counters.get(name);
        return counter === undefined || counter.value === 0
          ? []
          : [{ device: device ?? 'an interface', count: counter.value, ref: refAt(fact, counter.line) }];
      });
      const [first, ...rest] = hit.sort((one, two) => two.count - one.count);
      if (first === undefined) return [];
      const total = hit.reduce((sum, { count }) => sum + count, 0);
      const many = allowance.manyFrom !== null && total >= allowance.manyFrom;
      return [
        stateFinding(first.ref, {
          rule: 'ena-allowance-exceeded',
          area: 'ena',
          title: `EC2 held back packets since boot: ${allowance.words}`,
          claim: `${name} is not zero since boot: ${listed(hit.map(({ device, count }) => `${device} ${count}`))}. When these packets were queued or dropped the counter does not tell.`,
          severity: many ? 'medium' : 'low',
          confidence: certain('the driver counts what the instance was not allowed'),
          owner: 'AWS',
          count: total,
          entities: hit.slice(0, 10).map(({ device }) => ({ kind: 'interface', name: device })),
          userNotices: allowance.notices,
          now: [
            `See whether it still grows: \`ethtool -S ${first.device} | grep allowance_exceeded; sleep 60; ethtool -S ${first.device} | grep allowance_exceeded\``,
          ],
          longTerm: [allowance.later],
          check: [`\`ethtool -S ${first.device} | grep ${name}\` shows the same number a minute later under load`],
          evidence: rest.map(({ ref }) => ref),
        }),
      ];
    });
    return outcomeOf(findings, `every allowance counter of ${countText(known.length, 'interface')} is 0 since boot`);
  },
};
