/**
 * The connection table is nearly full, or was: the kernel then drops packets of new connections. `early_drop` counts
 * entries that were thrown out to make room (nf_conntrack_core.c), which only happens at the limit; `drop` and
 * `insert_failed` also count two packets that raced for one entry. Counters run since boot; one that is 0 says nothing.
 */
import { grouped } from '../core/grouped.ts';
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { type ConntrackFact, refAt, sysctlOf } from '../facts/node-state.ts';
import type { Analyzer, AnalyzerResult } from './analyzer.ts';
import { certain, chainFinding, likely, outcomeOf } from './outcome.ts';

/** From here on a burst of connections fills the table. */
const SHARE_MEDIUM = 0.8;
const SHARE_HIGH = 0.95;

const ADVICE = {
  now: [
    'Raise the limit: `sudo sysctl -w net.netfilter.nf_conntrack_max=N`, and `conntrack.maxPerCore` and `conntrack.min` of kube-proxy, which set it again at its start',
    "Find who opens the connections: `sudo conntrack -L | awk '{for (i=1; i<=NF; i++) if ($i ~ /^src=/) {print $i; break}}' | sort | uniq -c | sort -rn | head`",
  ],
  longTerm: ['Watch node_nf_conntrack_entries against node_nf_conntrack_entries_limit'],
} as const;

export const conntrackFull: Analyzer = {
  id: 'conntrack-full',
  title: 'The connection table has room',
  area: 'network',
  run(facts) {
    const table = fullness(facts);
    const counters = facts.state.conntrack.filter((fact) => fact.dump.cpus.length > 0);
    if (table === null && counters.length === 0) {
      return { outcome: 'skipped', missing: 'size and limit of the connection table, and conntrack -S' };
    }
    const findings = [
      ...(table === null || table.share < SHARE_MEDIUM ? [] : [nearlyFull(table)]),
      ...counters.flatMap(dropped),
    ];
    return passOr(findings, table);
  },
};

function passOr(findings: readonly FindingDraft[], table: Fullness | null): AnalyzerResult {
  const known =
    table === null
      ? 'the limit of the connection table was not captured'
      : `${grouped(table.count)} of ${grouped(table.max)} entries of the connection table are in use`;
  return outcomeOf(
    findings,
    `no tracked connection was thrown out and no packet dropped, as far as counters were captured; ${known}`,
  );
}

interface Fullness {
  readonly count: number;
  readonly max: number;
  readonly share: number;
  readonly refs: readonly [LineRef, ...LineRef[]];
}

/** The count by sysctl, else the entries that were listed. */
function fullness(facts: NodeFacts): Fullness | null {
  const max = sysctlOf(facts.state, 'net.netfilter.nf_conntrack_max') ?? sysctlOf(facts.state, 'net.nf_conntrack_max');
  if (max === null || !/^\d{1,12}$/.test(max.value) || Number(max.value) === 0) return null;
  const count = sysctlOf(facts.state, 'net.netfilter.nf_conntrack_count');
  if (count !== null && /^\d{1,12}$/.test(count.value)) {
    const share = Number(count.value) / Number(max.value);
    return { count: Number(count.value), max: Number(max.value), share, refs: [count.ref, max.ref] };
  }
  const listed = facts.state.conntrack.reduce(
    (sum, fact) => sum + Math.max(fact.dump.entries, fact.dump.declared ?? 0),
    0,
  );
  return listed === 0
    ? null
    : { count: listed, max: Number(max.value), share: listed / Number(max.value), refs: [max.ref] };
}

function nearlyFull({ count, max, share, refs: [first, ...rest] }: Fullness): FindingDraft {
  const percent = Math.min(100, Math.floor(share * 100));
  return chainFinding(first, {
    rule: 'conntrack-full',
    area: 'network',
    title: `The connection table is ${percent} % full`,
    claim: `${grouped(count)} of ${grouped(max)} entries of the connection table were in use (${percent} %) when the node was captured.`,
    severity: share >= SHARE_HIGH ? 'high' : 'medium',
    confidence: certain('both numbers come from the kernel'),
    owner: 'kernel',
    entities: [],
    userNotices:
      'At the limit new connections through this node time out now and then, DNS lookups first; open ones go on.',
    now: ADVICE.now,
    longTerm: ADVICE.longTerm,
    check: ['`sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max` stays well below the limit'],
    evidence: rest,
  });
}

function dropped(fact: ConntrackFact): readonly FindingDraft[] {
  const sum = (name: string): number => fact.dump.cpus.reduce((total, cpu) => total + (cpu.counters.get(name) ?? 0), 0);
  const early = sum('early_drop');
  const drop = sum('drop');
  const failed = sum('insert_failed');
  const [worst, ...others] = fact.dump.cpus.filter((cpu) =>
    ['early_drop', 'drop', 'insert_failed'].some((name) => (cpu.counters.get(name) ?? 0) > 0),
  );
  if (worst === undefined) return [];
  const counts = [
    ...(early > 0 ? [`early_drop ${early}`] : []),
    ...(drop > 0 ? [`drop ${drop}`] : []),
    ...(failed > 0 ? [`insert_failed ${failed}`] : []),
  ].join(', ');
  const full = early > 0;
  return [
    chainFinding(refAt(fact, worst.line), {
      rule: 'conntrack-full',
      area: 'network',
      title: full
        ? 'The connection table was full at least once since boot'
        : 'The kernel could not track some new connections since boot',
      claim: full
        ? `Entries were thrown out of the connection table to make room (${counts}, since boot).`
        : `Packets were not tracked (${counts}, since boot): two packets raced for one entry, or the table was full. Which of them, and when, the counters do not tell.`,
      severity: full ? 'medium' : 'low',
      confidence: full
        ? certain('early_drop only counts at the limit of the table')
        : likely('a few of these are normal on nodes with much DNS traffic'),
      owner: 'kernel',
      entities: [],
      userNotices: full
        ? 'New connections through this node timed out while the table was full; whether it is now, only its size tells.'
        : 'A DNS lookup or a new connection now and then waits for a resend (5 seconds for DNS).',
      now: full
        ? ADVICE.now
        : ['Take the counters twice, a minute apart: `sudo conntrack -S`; only growing ones matter'],
      longTerm: full ? ADVICE.longTerm : ['NodeLocal DNSCache avoids the race of DNS lookups over UDP'],
      check: ['`sudo conntrack -S` shows the same numbers a minute later'],
      evidence: others.map((cpu) => refAt(fact, cpu.line)),
    }),
  ];
}
