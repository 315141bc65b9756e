import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assumedClock, memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader, TextBlock } from '../core/case-reader.ts';
import { MEMBERS_MAX } from '../core/limits.ts';
import { dataFolder } from '../core/resources.ts';
import type { FindingDraft, SourceFile } from '../core/vocabulary.ts';
import { ROLES } from '../layouts/roles.ts';
import { ruleOutcome } from './draft.ts';
import { loadRules } from './loader.ts';
import { matchRules, type RuleMatches } from './match.ts';
import type { Rule } from './schema.ts';

const { rules } = loadRules(dataFolder('rules'), ROLES);
const rule = (id: string): Rule => rules.find((one) => one.id === id) as Rule;
const LOG = 'var_log/kube-proxy.log';
const klog = (second: number, text: string, severity = 'E'): string =>
  `${severity}0501 12:00:${String(second).padStart(2, '0')}.000000       1 proxier.go:1564] ${text}`;
const RESTORE = '"Failed to execute iptables-restore" err="exit status 1: iptables-restore: line 51 failed"';
const DANGLING = [
  klog(1, '"Failed to execute iptables-restore" err=<'),
  "\texit status 2: iptables-restore v1.8.9 (nf_tables): Couldn't load target `KUBE-SVC-TCOU7JCQXEZGVUNU':No such file or directory",
  '\t',
  '\tError occurred at line: 86',
  ' > ipFamily="IPv4" rules=[]',
];

/** A reader with another shape of blocks, another collection time, or other roles. */
function reader(
  texts: Readonly<Record<string, string>>,
  change: {
    readonly collectedAt?: string;
    readonly cutAfterLines?: number;
    readonly file?: (file: SourceFile) => Partial<SourceFile>;
  } = {},
): BundleReader {
  const inner = memoryBundle(texts);
  const clock = assumedClock(change.collectedAt ?? null);
  const files = inner.files().map((file) => ({ ...file, clock, ...change.file?.(file) }));
  return {
    ...inner,
    bundle: { ...inner.bundle, collectedAt: change.collectedAt ?? null },
    files: () => files,
    *blocks(id) {
      for (const block of inner.blocks(id))
        yield* change.cutAfterLines === undefined ? [block] : cut(block, change.cutAfterLines);
    },
  };
}

function* cut(block: TextBlock, every: number): Iterable<TextBlock> {
  const text = Buffer.from(block.bytes).toString('latin1');
  const lines = text.split(/(?<=\n)/);
  let byteStart = 0;
  for (let at = 0; at < lines.length; at += every) {
    const bytes = Buffer.from(lines.slice(at, at + every).join(''), 'latin1');
    yield { ...block, firstLine: at + 1, lines: Math.min(every, lines.length - at), byteStart, bytes };
    byteStart += bytes.length;
  }
}

function only(source: BundleReader, id: string): FindingDraft {
  const [matches] = matchRules(source, [rule(id)]);
  const outcome = matches === undefined ? null : ruleOutcome(source, matches);
  if (outcome?.outcome !== 'finding') throw new Error(`no finding: ${JSON.stringify(outcome)}`);
  return outcome.findings[0] as FindingDraft;
}

const SYNC = 'kube-proxy-sync-failure';

/** A rule that counts probe failures by pod. */
function byPod(threshold: Rule['threshold']): Rule {
  const [entry] = rule(SYNC).match;
  return {
    ...rule(SYNC),
    id: 'by-pod',
    claim: '{lines}.',
    match: [{ ...entry, literals: ['Probe failed'], regex: /pod="(?<pod>\S+)"/u } as Rule['match'][number]],
    threshold,
    over: undefined,
    reasons: undefined,
    unless: undefined,
  };
}
const probes = (...pods: readonly string[]): Readonly<Record<string, string>> => ({
  [LOG]: `${pods.map((pod, at) => klog(at * 3, `"Probe failed" pod="${pod}"`)).join('\n')}\n`,
});
const outcomeOf = (source: BundleReader, one: Rule): ReturnType<typeof ruleOutcome> =>
  ruleOutcome(source, matchRules(source, [one])[0] as ReturnType<typeof matchRules>[number]);

describe('a threshold for one entity', () => {
  it('is not reached by many that each have less', () => {
    const many = outcomeOf(reader(probes('a', 'b', 'c', 'd')), byPod({ count: 2, by: 'pod' }));
    expect(many).toMatchObject({
      outcome: 'pass',
      because: expect.stringMatching(/4 matched; fewer than the 2 that count for one pod alone$/),
    });
  });

  it('is reached by one that has enough, over all files, and names it', () => {
    const { [LOG]: first = '' } = probes('a', 'b');
    const { [LOG]: second = '' } = probes('c', 'b');
    const found = outcomeOf(
      reader({ 'var_log/kube-proxy.log': first, 'var_log/kube-proxy-2.log': second }),
      byPod({ count: 2, by: 'pod' }),
    );
    expect(found).toMatchObject({
      outcome: 'finding',
      findings: [{ count: 4, claim: expect.stringContaining('Most for one pod alone: b, 2.') }],
    });
  });

  it('counts within the window for each alone', () => {
    const source = reader(probes('a', 'b', 'a', 'b', 'b'), { collectedAt: '2024-05-02T00:00:00Z' });
    // b: at 3, 9 and 12 seconds; a: at 0 and 6.
    expect(outcomeOf(source, byPod({ count: 2, within: 4000, by: 'pod' })).outcome).toBe('finding');
    expect(outcomeOf(source, byPod({ count: 3, within: 8000, by: 'pod' })).outcome).toBe('pass');
    expect(outcomeOf(source, byPod({ count: 3, within: 9000, by: 'pod' })).outcome).toBe('finding');
  });
});

describe('matchRules', () => {
  it.each([1, 2, 3, 7, 1000])('counts exactly and gives the right lines with blocks of %i lines', (every) => {
    const lines = Array.from({ length: 500 }, (_, at) =>
      at % 5 === 2 ? klog(at % 60, RESTORE) : klog(at % 60, '"fine"', 'I'),
    );
    const [matches] = matchRules(reader({ [LOG]: `${lines.join('\n')}\n` }, { cutAfterLines: every }), [rule(SYNC)]);
    const [file] = matches?.files ?? [];
    expect(file?.count).toBe(100);
    expect(file?.places.every((place) => place.line % 5 === 3 && place.line === place.endLine)).toBe(true);
    expect([file?.places[0]?.line, file?.places.at(-1)?.line]).toEqual([3, 498]);
  });

  it('counts a long log without a cap and cites its last line', () => {
    const text = `${klog(1, RESTORE)}\n`.repeat(20_000);
    const draft = only(reader({ [LOG]: text }), SYNC);
    expect(draft.count).toBe(20_000);
    expect(draft.evidence.some((ref) => ref.line === 20_000)).toBe(true);
    expect(draft.evidence.some((ref) => ref.line === 1)).toBe(true);
    expect(draft.evidence.length).toBeLessThan(10);
  });

  it('takes the rest of a message with it, also across blocks', () => {
    for (const cutAfterLines of [1, 2, 100]) {
      const draft = only(
        reader({ [LOG]: `${[...DANGLING, klog(2, '"fine"', 'I')].join('\n')}\n` }, { cutAfterLines }),
        SYNC,
      );
      expect(draft.evidence[0]).toMatchObject({ line: 1, endLine: 5 });
      expect(draft.entities).toEqual([{ kind: 'chain', name: 'KUBE-SVC-TCOU7JCQXEZGVUNU' }]);
      expect(draft.claim).toContain('jumps to a chain that does not exist');
    }
  });

  it('matches inside CRI and journal lines and keeps other programs out of a message', () => {
    const cri = DANGLING.map((line) => `2024-05-01T12:00:00.5Z stderr F ${line}`);
    const journal = DANGLING.map((line) => `May  1 12:00:00 node kube-proxy[7]: ${line}`);
    journal.splice(1, 0, 'May  1 12:00:00 node systemd[1]: Started something.');
    const draft = only(reader({ [LOG]: `${cri.join('\n')}\n`, 'var_log/messages': `${journal.join('\n')}\n` }), SYNC);
    expect(draft.count).toBe(2);
    expect(draft.first).toBe('2024-05-01T12:00:00.500Z');
    expect(draft.evidence.find((ref) => ref.fileId === 1)).toMatchObject({ line: 1, endLine: 5 });
    expect(draft.evidence.find((ref) => ref.fileId === 2)).toMatchObject({ line: 1, endLine: 1 });
  });

  it('counts the lesser line only where the telling one is absent', () => {
    const retry = 'I0501 12:00:02.000000       1 proxier.go:871] "Sync failed" ipFamily="IPv4" retryingTime="30s"';
    expect(only(reader({ [LOG]: `${klog(1, RESTORE)}\n${retry}\n` }), SYNC).count).toBe(1);
    expect(only(reader({ [LOG]: `${retry}\n${retry}\n` }), SYNC).count).toBe(2);
  });

  it('leaves folded copies and files of other roles alone', () => {
    const text = `${klog(1, RESTORE)}\n`;
    const source = reader(
      { [LOG]: text, 'var_log/copy/kube-proxy.log': text, 'notes/readme.txt': text },
      { file: (file) => (file.path.includes('copy') ? { aliasOf: LOG } : {}) },
    );
    expect(only(source, SYNC).count).toBe(1);
  });

  it('does not show an expression more than the start of a line', () => {
    const filler = 'x'.repeat(9000);
    const text = `E0501 12:00:00.0 1 reflector.go:1] ${filler} Failed to watch *v1.Service: dial tcp 10.0.0.1:443: connect: connection refused\n`;
    const [matches] = matchRules(reader({ [LOG]: text }), [rule('kube-proxy-api-unreachable')]);
    expect(matches?.files).toEqual([]);
  });

  it('finds the same, whether a reader leaves out the blocks that hold nothing wanted or not', () => {
    const texts = rules.flatMap((one) => [
      ...one.samples.match,
      ...one.samples.miss,
      ...(one.over?.recovery ?? []).map((text) => klog(50, text, 'I')),
    ]);
    const line = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...DANGLING, klog(3, '"fine"', 'I'), '', 'x'));
    const log = fc.array(line, { maxLength: 40 }).map((lines) => `${lines.join('\n')}\n`);
    const few = rules.filter(({ area }) => area === 'kube-proxy' || area === 'conntrack');
    let matched = 0;
    fc.assert(
      fc.property(log, log, log, fc.integer({ min: 1, max: 6 }), (proxy, messages, kubelet, cutAfterLines) => {
        const named = { [LOG]: proxy, 'var_log/messages': messages, 'kubelet/kubelet.log': kubelet };
        const some = reader(named, { cutAfterLines });
        const all: BundleReader = {
          ...some,
          *blocksWithAny(wanted, only) {
            const mayHold = [...wanted.keys()];
            for (const block of some.blocksWith([], only)) yield { fileId: block.fileId, block, mayHold };
          },
        };
        const found = matchRules(some, few);
        matched += found.flatMap((one) => one.files).length;
        expect(found).toEqual(matchRules(all, few));
      }),
      { numRuns: 200 },
    );
    expect(matched).toBeGreaterThan(100);
  });

  it('takes the words of another program in its own log for what they are', () => {
    const panic = 'panic: runtime error: invalid memory address or nil pointer dereference';
    const fatal = 'F0501 12:00:00.123456     812 server.go:274] failed to run Kubelet: no such file';
    const crash = rule('kube-proxy-crash');
    const text = `${panic}\n${fatal}\n`;
    expect(matchRules(reader({ 'kubelet/kubelet.log': text }), [crash])[0]?.files).toEqual([]);
    expect(matchRules(reader({ [LOG]: text }), [crash])[0]?.files).toMatchObject([{ count: 2 }]);
  });

  it('stops when cancelled', () => {
    const source = reader({ [LOG]: `${klog(1, RESTORE)}\n` });
    const [matches] = matchRules(source, [rule(SYNC)], { isCancelled: () => true });
    expect(matches?.files).toEqual([]);
  });

  it('does not depend on names or on the order of files', () => {
    const one = `${klog(1, RESTORE)}\n${klog(9, RESTORE)}\n`;
    const two = `${klog(5, '"Failed to execute iptables-restore" err="exit status 4"')}\n`;
    const texts = (order: 'as is' | 'turned'): BundleReader => {
      const named: [string, string][] = [
        ['var_log/kube-proxy-a.log', one],
        ['var_log/kube-proxy-b.log', two],
      ];
      return reader(
        Object.fromEntries(order === 'as is' ? named : named.map(([name, text]) => [`${name}.1.log`, text]).reverse()),
        {
          collectedAt: '2024-05-02T00:00:00.000Z',
        },
      );
    };
    const strip = ({ evidence, ...rest }: FindingDraft): unknown => ({
      ...rest,
      lines: evidence.map((ref) => ref.line),
    });
    expect(strip(only(texts('turned'), SYNC))).toEqual(strip(only(texts('as is'), SYNC)));
  });
});

describe('ruleOutcome', () => {
  it('says what was read when nothing matched, and what was missing when nothing could be read', () => {
    const outcome = (texts: Readonly<Record<string, string>>): unknown => {
      const source = reader(texts);
      const [matches] = matchRules(source, [rule(SYNC)]);
      return matches === undefined ? null : ruleOutcome(source, matches);
    };
    expect(outcome({ [LOG]: `${klog(1, '"fine"', 'I')}\n` })).toEqual({
      outcome: 'pass',
      because: '1 line in 1 file read, none matched',
    });
    expect(outcome({ [LOG]: '' })).toMatchObject({
      outcome: 'skipped',
      missing: expect.stringContaining('kube-proxy-log'),
    });
  });

  it('tells times only as far as they are known', () => {
    const text = `${klog(1, RESTORE)}\n${klog(31, RESTORE)}\n`;
    const unknown = only(reader({ [LOG]: text }), SYNC);
    expect([unknown.first, unknown.last]).toEqual([null, null]);
    expect(unknown.confidence.because).toContain('do not tell their year');
    expect(unknown.claim).toContain('2 times in 1 file, at times that the lines do not tell in full.');
    const known = only(reader({ [LOG]: text }, { collectedAt: '2024-05-01T13:00:00.000Z' }), SYNC);
    expect([known.first, known.last]).toEqual(['2024-05-01T12:00:01.000Z', '2024-05-01T12:00:31.000Z']);
    expect(known.claim).toContain('first 2024-05-01 12:00:01 UTC, last 2024-05-01 12:00:31 UTC.');
    expect(known.confidence.because).toContain('the year comes from the collection time 2024-05-01 13:00:00 UTC,');
  });

  const refused = (second: number): string =>
    `E0501 12:00:${second}.000000       1 reflector.go:147] k8s.io/client-go/informers/factory.go:159: Failed to watch *v1.Service: failed to list *v1.Service: Get "https://10.0.0.1:443/api": dial tcp 10.0.0.1:443: connect: connection refused`;
  const REACH = 'kube-proxy-api-unreachable';

  it('needs as many lines as the rule says', () => {
    const source = reader({ [LOG]: `${refused(10)}\n${refused(11)}\n` });
    const [matches] = matchRules(source, [rule(REACH)]);
    expect(matches && ruleOutcome(source, matches)).toMatchObject({
      outcome: 'pass',
      because: expect.stringContaining('2 matched'),
    });
  });

  const three = `${refused(10)}\n${refused(11)}\n${refused(12)}\n`;

  it('names what the lines name', () => {
    const draft = only(reader({ [LOG]: three }), REACH);
    expect(draft).toMatchObject({ severity: 'high', count: 3, entities: [{ kind: 'ip', name: '10.0.0.1' }] });
    expect(draft.claim).toContain("The API server's address refused the connection (each time)");
  });

  it('lowers what a later line says works again', () => {
    const synced = 'I0501 12:00:40.000000       1 shared_informer.go:318] "Caches are synced for service config"\n';
    expect(only(reader({ [LOG]: three + synced }), REACH)).toMatchObject({ severity: 'low' });
    expect(only(reader({ [LOG]: synced + three }), REACH)).toMatchObject({ severity: 'high' });
  });

  it('lowers what the logs outlived by a day, and only logs count', () => {
    const until = (path: string, lastTime: string): FindingDraft =>
      only(
        reader(
          { [LOG]: three, 'kubelet/kubelet.log': 'x\n', 'networking/iptables-save.txt': '*nat\n' },
          { collectedAt: '2024-05-08T00:00:00.000Z', file: (file) => (file.path === path ? { lastTime } : {}) },
        ),
        REACH,
      );
    expect(until('kubelet/kubelet.log', '2024-05-03T00:00:00.000Z')).toMatchObject({ severity: 'low' });
    expect(until('kubelet/kubelet.log', '2024-05-02T11:00:00.000Z')).toMatchObject({ severity: 'high' });
    expect(until('networking/iptables-save.txt', '2026-01-01T00:00:00.000Z')).toMatchObject({ severity: 'high' });
  });

  it('does not call over what a log that never rests ends with: its program may have ended', () => {
    const ended =
      'E0501 12:00:10.000000    812 run.go:74] "command failed" err="failed to run Kubelet: no such file"\n';
    const until = (lastTime: string): FindingDraft =>
      only(
        reader(
          { [LOG]: 'x\n', 'kubelet/kubelet.log': ended },
          {
            collectedAt: '2024-05-08T00:00:00.000Z',
            file: ({ role }) => ({ lastTime: role === 'kubelet-log' ? lastTime : '2024-05-07T00:00:00.000Z' }),
          },
        ),
        'kubelet-failed-to-run',
      );
    const dead = until('2024-05-01T12:00:10.000Z');
    expect(dead).toMatchObject({ severity: 'high', claim: expect.not.stringContaining('over') });
    expect(until('2024-05-03T12:00:00.000Z')).toMatchObject({
      severity: 'low',
      claim: expect.stringContaining('The logs go on until 2024-05-03 12:00:00 UTC without it'),
    });
  });

  it('says so when the log that tells it ends and only others go on', () => {
    const looping =
      'E0501 12:00:10.000000    812 pod_workers.go:1300] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"web\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container=web pod=web-1_shop(1)\\"" pod="shop/web-1"\n';
    const draft = only(
      reader(
        { [LOG]: 'x\n', 'kubelet/kubelet.log': looping.repeat(20) },
        {
          collectedAt: '2024-05-08T00:00:00.000Z',
          file: ({ role }) => ({
            lastTime: role === 'kubelet-log' ? '2024-05-01T12:00:10.000Z' : '2024-05-07T00:00:00.000Z',
          }),
        },
      ),
      'pod-crash-looping',
    );
    expect(draft.claim).toContain(
      'The log that tells it ends at 2024-05-01 12:00:10 UTC, others go on until 2024-05-07 00:00:00 UTC: whether it is over is not known.',
    );
  });

  it('does not call over what a program ended with, unless it speaks again', () => {
    const panic = 'panic: runtime error: invalid memory address\n';
    const crash = (later: string | null): FindingDraft =>
      only(
        reader(
          {
            'var_log/kube-proxy-0.log': `2024-05-01T12:00:10.0Z stderr F ${panic}`,
            'kubelet/kubelet.log': 'x\n',
            ...(later === null ? {} : { 'var_log/kube-proxy-1.log': 'x\n' }),
          },
          {
            file: ({ path }) => ({
              lastTime: path.startsWith('kubelet')
                ? '2024-05-07T00:00:00.000Z'
                : path.endsWith('1.log')
                  ? later
                  : '2024-05-01T12:00:11.000Z',
            }),
          },
        ),
        'kube-proxy-crash',
      );
    expect(crash(null)).toMatchObject({ severity: 'high', claim: expect.not.stringContaining('over') });
    expect(crash('2024-05-01T11:59:00.000Z')).toMatchObject({ severity: 'high' });
    expect(crash('2024-05-01T12:00:20.000Z')).toMatchObject({
      severity: 'low',
      claim: expect.stringContaining('it seems to be over'),
    });
  });

  it('tells the end of as many logs as an archive may hold', () => {
    const source = reader(
      { [LOG]: `${klog(1, RESTORE)}\n` },
      { collectedAt: '2024-05-08T00:00:00.000Z', file: () => ({ lastTime: '2024-05-01T12:00:01.000Z' }) },
    );
    const later = { ...(source.files()[0] as SourceFile), role: 'kubelet-log', lastTime: '2024-05-07T00:00:00.000Z' };
    const files = [...source.files(), ...Array.from({ length: MEMBERS_MAX }, () => later)];
    const [matches] = matchRules(source, [rule(SYNC)]);
    const draft = ruleOutcome({ ...source, files: () => files }, matches as RuleMatches);
    expect(draft).toMatchObject({ findings: [{ claim: expect.stringContaining('go on until 2024-05-07') }] });
  });

  it('does not call over what was not accepted, nor by what other programs write in the same log', () => {
    const over = (
      texts: Readonly<Record<string, string>>,
      id: string,
      lastTime: (path: string) => string,
    ): FindingDraft =>
      only(
        reader(texts, { collectedAt: '2024-05-08T00:00:00.000Z', file: ({ path }) => ({ lastTime: lastTime(path) }) }),
        id,
      );
    const refused = over(
      {
        [LOG]:
          'Error: unknown flag: --proxy-moed\nE0501 12:00:10.000000 1 run.go:74] "command failed" err="failed complete: x"\n',
        'kubelet/kubelet.log': 'x\n',
      },
      'kube-proxy-config-error',
      (path) => (path === LOG ? '2024-05-01T12:00:10.000Z' : '2024-05-07T00:00:00.000Z'),
    );
    expect(refused).toMatchObject({ severity: 'high', claim: expect.not.stringContaining('seems to be over') });
    const dead = (more: string): FindingDraft =>
      over(
        {
          'var_log/messages': `May  1 12:00:10 node kubelet[812]: E0501 12:00:10.000000    812 run.go:74] "command failed" err="failed to run Kubelet: no such file"\n${more}May  4 12:00:00 node crond[7]: x\n`,
        },
        'kubelet-failed-to-run',
        () => '2024-05-04T12:00:00.000Z',
      );
    expect(dead('')).toMatchObject({ severity: 'high', claim: expect.not.stringContaining('over') });
    const looked =
      'May  1 12:10:00 node sudo[9]: ec2-user : TTY=pts/0 ; COMMAND=/usr/bin/grep "Started kubelet" /var/log/messages\n';
    expect(dead(looked)).toMatchObject({ severity: 'high' });
    expect(dead('May  1 12:10:00 node notes[9]: systemd: Started kubelet was the last line\n')).toMatchObject({
      severity: 'high',
    });
    expect(dead('May  1 12:10:00 node systemd[1]: Started kubelet.\n')).toMatchObject({ severity: 'low' });
  });

  it('tells a recovery of what it names alone', () => {
    const failing = (pod: string): string =>
      `I0501 12:00:10.000000    812 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/${pod}" output="503"\n`.repeat(
        30,
      );
    const ready = (pod: string): string =>
      `I0501 12:09:00.000000    812 kubelet.go:2493] "SyncLoop (probe)" probe="readiness" status="ready" pod="shop/${pod}"\n`;
    const told = (text: string): FindingDraft =>
      only(
        reader({ 'kubelet/kubelet.log': text }, { collectedAt: '2024-05-01T12:10:00.000Z' }),
        'probe-readiness-failing',
      );
    expect(told(failing('web-1') + ready('web-2') + ready('web-10'))).toMatchObject({ severity: 'medium' });
    expect(told(failing('web-1') + failing('web-2') + ready('web-2'))).toMatchObject({ severity: 'medium' });
    expect(told(failing('web-1') + failing('web-2') + ready('web-2') + ready('web-1'))).toMatchObject({
      severity: 'low',
      claim: expect.stringContaining('works again'),
    });
  });

  it('does not call over what is said once and lasts', () => {
    const said = (more: string): FindingDraft =>
      only(
        reader(
          {
            'var_log/messages': `May  1 12:00:00 node chronyd[7]: Can't synchronise: no selectable sources\n${more}May  4 12:00:00 node crond[7]: x\n`,
          },
          { collectedAt: '2024-05-08T00:00:00.000Z', file: () => ({ lastTime: '2024-05-04T12:00:00.000Z' }) },
        ),
        'clock-no-source',
      );
    expect(said('')).toMatchObject({ severity: 'medium', claim: expect.not.stringContaining('over') });
    expect(said('May  1 12:09:00 node chronyd[7]: Selected source 169.254.169.123\n')).toMatchObject({
      severity: 'low',
    });
  });

  it('tells whose etcd is full by who wrote the line', () => {
    const inPod = (text: string) => ({ 'pods/default_web/web/0.log': `2024-05-01T12:00:00.0Z stdout F ${text}\n` });
    const asPod = { file: () => ({ role: 'container-log' }) };
    const quoted = reader(inPod('{"level":"error","error":"etcdserver: mvcc: database space exceeded"}'), asPod);
    expect(matchRules(quoted, [rule('etcd-space-exceeded')])[0]?.files).toEqual([]);
    expect(only(quoted, 'etcd-client-refused')).toMatchObject({
      severity: 'medium',
      confidence: { level: 'possible' },
    });
    const election =
      'E0501 12:00:00.123456       1 leaderelection.go:330] error retrieving resource lock kube-system/x: etcdserver: mvcc: database space exceeded';
    expect(only(reader(inPod(election), asPod), 'etcd-space-exceeded')).toMatchObject({
      severity: 'high',
      confidence: { level: 'certain' },
    });
  });

  it('does not say of a webhook that fails open, or that a pod writes of, that requests were refused', () => {
    const call =
      'failed calling webhook "a.example.com": failed to call webhook: Post "https://a.default.svc:443/": context deadline exceeded';
    const inPod = (text: string) =>
      reader(
        { 'pods/x/0.log': `2024-05-01T12:00:00.0Z stderr F ${text}\n`.repeat(3) },
        { file: () => ({ role: 'container-log' }) },
      );
    const failed = (text: string): number =>
      matchRules(inPod(text), [rule('admission-webhook-failed')])[0]?.files.length ?? 0;
    expect(
      failed(`W0501 12:00:00.1 1 dispatcher.go:202] Failed calling webhook, failing open a.example.com: ${call}`),
    ).toBe(0);
    expect(failed(`E0501 12:00:00.1 1 dispatcher.go:206] ${call}`)).toBe(0);
    expect(failed(`cannot write: Internal error occurred: ${call}`)).toBe(0);
    expect(
      failed(`W0501 12:00:00.1 1 dispatcher.go:202] Failed calling webhook, failing closed a.example.com: ${call}`),
    ).toBe(1);
    expect(
      only(inPod(`cannot write: Internal error occurred: ${call}`), 'admission-webhook-failed-for-client'),
    ).toMatchObject({ severity: 'medium', confidence: { level: 'likely' } });
  });

  it.each([
    'conntrack-limit-denied',
    'container-runtime-config-invalid',
    'container-runtime-cri-ended',
    'container-runtime-crashed',
    'kube-proxy-config-error',
    'kubelet-bootstrap-kubeconfig-missing',
    'kubelet-config-invalid',
    'kubelet-failed-to-run',
    'kubelet-manager-state-mismatch',
    'kubelet-swap-on',
  ])('does not call last words over because a log of many programs goes on: %s', (id) => {
    const one = rule(id);
    const program =
      one.where.find(({ roles, line }) => roles.includes('system-log') && line?.endsWith('['))?.line ?? '';
    const words = (one.samples.match[0] ?? '').replace(/^.{0,60}?\[\d+\]: /, '');
    const draft = only(
      reader(
        { 'var_log/messages': `May  1 12:00:10 node ${program}812]: ${words}\nMay  4 12:00:00 node crond[7]: x\n` },
        { collectedAt: '2024-05-08T00:00:00.000Z', file: () => ({ lastTime: '2024-05-04T12:00:00.000Z' }) },
      ),
      id,
    );
    expect(draft).toMatchObject({ severity: one.severity, claim: expect.not.stringContaining('seems to be over') });
  });
});
