/** Whole comparisons over small bundles in memory: what counts, what is told first, what is said not to be known. */
import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { Finding } from '../core/vocabulary.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { finding as anyFinding } from '../jobs/finding.fixture.ts';
import { compareSides, type DraftComparison, type ToCompare } from './compare.ts';
import { ownNames } from './own-names.ts';
import { readSide } from './side.ts';
import type { VocabularyReading } from './vocabulary.ts';

const SILENT: VocabularyReading = { roles: new Map(), logs: new Set(), cut: null };
const HEAD = '  UNIT               LOAD   ACTIVE SUB     DESCRIPTION\n';

interface Texts {
  readonly forward?: string;
  readonly pidMax?: string;
  readonly modules?: readonly string[];
  readonly units?: readonly string[];
  readonly nameserver?: string;
}

function bundle(
  node: string,
  { forward = '1', pidMax = '4194304', modules = [], units = [], nameserver = '10.0.0.2' }: Texts = {},
) {
  const reader = memoryBundle(
    {
      'sysctls/sysctl_all.txt': `kernel.hostname = ${node}\nkernel.pid_max = ${pidMax}\nnet.ipv4.ip_forward = ${forward}\nnet.netfilter.nf_conntrack_count = ${node.length * 7}\n`,
      'modinfo/lsmod': `Module                  Size  Used by\n${['nf_conntrack', ...modules].map((name) => `${name} 4096 0\n`).join('')}`,
      'system/services.txt': `${HEAD}${['kubelet.service loaded active running Kubelet', ...units].map((unit) => `  ${unit}\n`).join('')}`,
      'networking/resolv.conf': `search ${node}.example.com\nnameserver ${nameserver}\n`,
    },
    node,
  );
  return { ...reader, bundle: { ...reader.bundle, node } };
}

function compare(readers: readonly BundleReader[], over: Partial<ToCompare> = {}): DraftComparison {
  return compareSides({
    bundles: readers.map((reader) => reader.bundle),
    given: [],
    analysis: { findings: [], causes: [], coverage: COVERAGE },
    readings: readers.map((reader) => {
      const facts = buildNodeFacts(reader);
      return readSide({ facts, reader, own: ownNames(facts, [reader.bundle.node]) });
    }),
    vocabulary: readers.map(() => SILENT),
    clusters: readers.map((_, at) => at),
    ...{ texts: [], textsNotCompared: [] },
    ...over,
  });
}

const COVERAGE = {
  ...{ files: 0, filesRead: 0, filesEmpty: 0, filesTruncated: 0, filesBinary: 0, filesNotOpened: 0 },
  ...{ duplicates: 0, lines: 0, bytes: 0, gaps: 0, bundlesNotOpened: [] },
  analyzers: [],
};

const finding = (reader: BundleReader, { rule, ...over }: Partial<Finding> & { readonly rule: string }): Finding => ({
  ...anyFinding(rule, { node: reader.bundle.node }),
  ...over,
  bundle: reader.bundle.id,
});

test('alike nodes are the same: names, counters and search domains are their own', () => {
  const comparison = compare([bundle('worker-1'), bundle('worker-22')]);
  expect(comparison.differences).toEqual([]);
  expect(comparison).toMatchObject({ isSame: true, decisive: [] });
  expect(comparison.sentence).toMatch(
    /^worker-1 and worker-22 are the same in what was compared: \d+ facts, 0 Services/,
  );
  expect(comparison.sameFacts).toBe(comparison.facts);
});

test('the odd one of three is told, what matters before what is not known to', () => {
  const readers = [
    bundle('n-one'),
    bundle('n-two', { forward: '0', pidMax: '32768' }),
    bundle('n-three', { units: ['backup.service loaded active running Backup'] }),
  ];
  const { differences, decisive, sentence } = compare(readers);
  expect(differences.map((one) => one.sentence)).toEqual([
    'net.ipv4.ip_forward: 0 only on n-two; 1 on the 2 others.',
    'kernel.pid_max: 32768 only on n-two; 4194304 on the 2 others.',
    'backup.service: active (running) only on n-three; not in the list of units on the 2 others.',
  ]);
  expect(decisive).toEqual(['fact:sysctl:net.ipv4.ip_forward', 'fact:sysctl:kernel.pid_max']);
  expect(sentence).toBe(
    'net.ipv4.ip_forward: 0 only on n-two; 1 on the 2 others. Besides: 1 more that matters, 1 other difference.',
  );
});

test('every value has its line, what is absent the whole list', () => {
  const { differences } = compare([bundle('n-one', { modules: ['ip_vs'] }), bundle('n-two')]);
  expect(
    differences.map(({ id, values }) => [
      id,
      values.map(({ value, refs }) => [value, refs[0]?.line, refs[0]?.endLine]),
    ]),
  ).toEqual([
    [
      'fact:module:ip_vs',
      [
        ['loaded', 3, 3],
        ['not loaded', 2, 2],
      ],
    ],
  ]);
});

test('nothing decides where nothing is known to matter', () => {
  const { decisive, isSame, sentence } = compare([
    bundle('n-one'),
    bundle('n-two', { units: ['backup.service loaded active running Backup'] }),
  ]);
  expect({ decisive, isSame }).toEqual({ decisive: [], isSame: false });
  expect(sentence).toMatch(
    /^Nothing decisive sets n-one and n-two apart: 1 of \d+ facts differs, none in a way that is known to matter\.$/,
  );
});

test('findings of the affected side come first, however much else differs', () => {
  const [bad, good] = [bundle('n-bad', { forward: '0', nameserver: '10.0.0.9' }), bundle('n-good')];
  const findings = [
    finding(bad, { rule: 'low-thing', severity: 'low', title: 'A low thing' }),
    finding(bad, { rule: 'kube-services-empty', severity: 'critical', title: 'KUBE-SERVICES is empty' }),
    finding(good, { rule: 'other-thing', severity: 'low', title: 'Something on the healthy one' }),
    finding(bad, { rule: 'shared', severity: 'high', title: 'Shared' }),
    finding(good, { rule: 'shared', severity: 'high', title: 'Shared' }),
    finding(bad, { rule: 'told', severity: 'info', title: 'It started' }),
  ];
  const { differences, common, notes } = compare([bad, good], {
    analysis: { findings, causes: [], coverage: COVERAGE },
  });
  expect(differences.map(({ id }) => id)).toEqual([
    'finding:kube-services-empty',
    'finding:low-thing',
    'fact:sysctl:net.ipv4.ip_forward',
    'fact:resolver:nameserver',
    'finding:other-thing',
    'finding:told',
  ]);
  expect(differences[0]?.sentence).toBe('On n-bad, not on n-good: KUBE-SERVICES is empty.');
  expect(common.map(({ rule }) => rule)).toEqual(['shared']);
  expect(notes[0]).toBe(
    'No side is given as affected or marked healthy: n-bad has the worst findings (critical), and is held against the others.',
  );
});

test('a finding that two captures state by the same lines is of both', () => {
  const [before, after] = [bundle('n-one'), bundle('n-two', { forward: '0' })];
  const shared = {
    ...finding(before, { rule: 'shared', severity: 'high', title: 'Shared' }),
    alsoIn: [after.bundle.id],
  };
  const { differences, common } = compare([before, after], {
    analysis: { findings: [shared], causes: [], coverage: COVERAGE },
  });
  expect(common.map(({ rule }) => rule)).toEqual(['shared']);
  expect(differences.map(({ id }) => id)).toEqual(['fact:sysctl:net.ipv4.ip_forward']);
});

test('a check that could not run is not known, never a difference', () => {
  const [bad, other] = [bundle('n-bad'), bundle('n-other')];
  const findings = [
    finding(bad, { rule: 'kube-services-empty', severity: 'critical', title: 'KUBE-SERVICES is empty' }),
  ];
  const skipped = {
    id: 'kube-services-empty',
    bundle: other.bundle.id,
    outcome: { outcome: 'skipped' as const, missing: 'the nat table was not collected' },
  };
  const { differences, notCompared } = compare([bad, other], {
    analysis: { findings, causes: [], coverage: { ...COVERAGE, analyzers: [skipped] } },
  });
  expect(differences).toEqual([]);
  expect(notCompared[0]).toEqual({
    what: '“KUBE-SERVICES is empty”, found on n-bad',
    because: 'not checked elsewhere (n-other: the nat table was not collected)',
  });
});

test('a cause stands before what it explains, and takes over how bad that is', () => {
  const [bad, good] = [bundle('n-bad'), bundle('n-good')];
  const [cause, symptom] = [
    finding(bad, { rule: 'memory-low', severity: 'medium', title: 'Memory is low', id: 'f1' as Finding['id'] }),
    finding(bad, { rule: 'evicted', severity: 'high', title: 'Pods were evicted', id: 'f2' as Finding['id'] }),
  ];
  const causes = [{ finding: cause.id, rank: 1, because: '', explains: [symptom.id], changesIf: [] }];
  const { differences } = compare([good, bad], {
    analysis: { findings: [symptom, cause], causes, coverage: COVERAGE },
  });
  expect(differences.map(({ id }) => id)).toEqual(['finding:memory-low', 'finding:evicted']);
  expect(differences[0]?.because).toBe('severity medium, one of the causes: it explains what is high');
});

test('what is given, or marked, decides who is affected', () => {
  const [one, two] = [bundle('n-one', { forward: '0' }), bundle('n-two')];
  const given = compare([one, two], { given: [two.bundle.id] });
  expect(given.sides.map(({ part }) => part)).toEqual(['unknown', 'affected']);
  expect(given.notes[0]).toBe('n-two is given as affected.');
  expect(given.sentence).toBe('net.ipv4.ip_forward: 1 on n-two; 0 on n-one.');
  const marked = compare([{ ...one, bundle: { ...one.bundle, markedHealthy: true } }, two]);
  expect(marked.sides.map(({ part }) => part)).toEqual(['healthy', 'affected']);
  expect(marked.notes[0]).toBe('n-one is marked healthy, so that n-two counts as affected.');
  const all = compare([one, two], { given: [one.bundle.id, two.bundle.id] });
  expect(all.sides.map(({ part }) => part)).toEqual(['unknown', 'unknown']);
});

test('labels are unique: hosts, whole names, times, hashes', () => {
  const named = (node: string | null, collectedAt: string | null, id: string): BundleReader => {
    const reader = bundle(node ?? 'x');
    return {
      ...reader,
      bundle: {
        ...reader.bundle,
        node,
        collectedAt,
        name: 'archive.tgz',
        id: id.repeat(64) as typeof reader.bundle.id,
      },
    };
  };
  const readers = [
    named('web-1.example.com', '2026-04-01T10:00:00.000Z', 'a'),
    named('web-1.example.com', '2026-04-01T12:00:00.000Z', 'b'),
    named('web-2.example.com', null, 'c'),
    named('web-3.one.com', null, 'd'),
    named('web-3.two.com', null, 'e'),
    named('web-4', null, 'f'),
    named('web-4', null, '0'),
    named(null, null, '1'),
  ];
  const { sides } = compare(readers);
  expect(sides.map(({ label }) => label)).toEqual([
    'web-1 (2026-04-01 10:00:00 UTC)',
    'web-1 (2026-04-01 12:00:00 UTC)',
    'web-2',
    'web-3.one.com',
    'web-3.two.com',
    'web-4 (time not known, ffffffff)',
    'web-4 (time not known, 00000000)',
    'archive.tgz',
  ]);
});

test('a flood of differences is cut, and the rest counted', () => {
  const keys = (value: string) =>
    memoryBundle(
      { 'sysctls/sysctl_all.txt': Array.from({ length: 500 }, (_, at) => `vm.key${at} = ${value}\n`).join('') },
      value,
    );
  const { differences, notListed, facts } = compare([keys('1'), keys('2')]);
  expect(differences).toHaveLength(200);
  expect(notListed).toBe(300);
  expect(facts).toBeGreaterThanOrEqual(500);
});

test('bundles without anything in common: nothing could be compared, which is not the same', () => {
  const { isSame, sentence, notCompared } = compare([
    memoryBundle({}, 'one'),
    memoryBundle({ 'notes.txt': 'hello\n' }, 'two'),
  ]);
  expect(isSame).toBe(false);
  expect(sentence).toBe('Nothing could be compared between one and two: they have nothing captured in common.');
  expect(notCompared.map(({ what }) => what)).toContain('Services of one');
});

test('bundles without a node are not of one node, whatever they are called', () => {
  const at = (second: string): BundleReader => {
    const reader = memoryBundle({ 'notes.txt': `${second}\n` }, 'baseline.tar.gz');
    return { ...reader, bundle: { ...reader.bundle, collectedAt: `2026-04-01T10:00:${second}.000Z` } };
  };
  const { notes } = compare([at('01'), at('31')]);
  expect(notes.join()).not.toContain('one node');
  expect(notes).toContain('The captures were made within a minute, as far as their times are known.');
});

test('what a cut archive does not show is not known there, neither of findings nor of words of logs', () => {
  const [whole, cut] = [bundle('n-one'), bundle('n-two')];
  const message = 'archive is truncated: it ends at byte 28,860';
  const gaps = [{ kind: 'truncated' as const, weight: 'major' as const, message, file: null, byte: 28_860 }];
  const found = finding(whole, { rule: 'proxy-unreachable', title: 'kube-proxy cannot reach it', severity: 'high' });
  const analysis = { findings: [found], causes: [], coverage: COVERAGE };
  const against = (reader: BundleReader): DraftComparison => compare([whole, reader], { analysis });
  expect(against(cut).differences.map(({ id }) => id)).toEqual(['finding:proxy-unreachable']);
  const comparison = against({ ...cut, bundle: { ...cut.bundle, gaps } });
  expect(comparison.differences).toEqual([]);
  expect(comparison.notCompared).toContainEqual({
    what: '“kube-proxy cannot reach it”, found on n-one',
    because: `not checked elsewhere (n-two: the archive is not whole: ${message})`,
  });
});

test('bundles of one node and one time are not told as one before the other', () => {
  const at = (reader: BundleReader, collectedAt: string, node: string | null = 'n-one'): BundleReader => ({
    ...reader,
    bundle: { ...reader.bundle, collectedAt, node },
  });
  const [one, two] = [bundle('n-one'), bundle('n-one', { forward: '0' })];
  const notes = (...readers: readonly BundleReader[]): string => compare(readers).notes.join(' ');
  const noon = '2026-06-17T12:00:00.000Z';
  expect(notes(at(one, noon), at(two, noon))).toContain('All are of one node, and of one time');
  expect(notes(at(one, noon), at(two, '2026-06-17T13:00:00.000Z'))).toContain('was captured 60 min after');
  expect(notes(at(one, noon), at(two, '2026-06-20T12:00:00.000Z', null))).toContain(
    '3 days apart, as far as their times are known',
  );
});
