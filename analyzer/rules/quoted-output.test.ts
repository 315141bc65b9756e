import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { BlockLines } from './block-lines.ts';
import { ownWords, QuotedLines } from './quoted-output.ts';

const KLOG = 'I0803 11:04:12.774000    1180';

describe('ownWords', () => {
  const probe = `${KLOG} prober.go:107] "Probe failed" pod="a/b" output="lookup x on 10.0.0.10:53: i/o timeout"`;

  it.each([
    ['the answer to a probe', probe, `${KLOG} prober.go:107] "Probe failed" pod="a/b" `],
    [
      'the error of one',
      `${KLOG} prober.go:118] "Probe errored" err="rpc error" pod="a/b"`,
      `${KLOG} prober.go:118] "Probe errored" `,
    ],
    [
      'a line before 1.21',
      `${KLOG} prober.go:117] Liveness probe for "b_a(2):web" failed (failure): no`,
      `${KLOG} prober.go:117] Liveness probe for "b_a(2):web" `,
    ],
    ['a line of the prober without known fields', `${KLOG} prober.go:1] what it says`, `${KLOG} `],
    ['an event', 'message="Startup probe errored: rpc error"', 'message="Startup probe errored'],
    ['a hook', `"PreStop hook failed" err="exit 1"`, '"PreStop hook'],
    ['a hook of HTTP', '"HTTP lifecycle hook for Container in Pod failed" err="no"', '"HTTP lifecycle hook'],
    [
      'an error after another',
      '"StartContainer" for "a" with ErrImagePull: "no", for "b" with PostStartHookError: "exit 1"',
      '"StartContainer" for "a" with ErrImagePull: "no", for "b" with PostStartHookError',
    ],
  ])('end where kubelet quotes %s', (_name, line, own) => {
    expect(ownWords(line, 'dns')).toBe(own);
    expect(ownWords(line)).toBe(own);
  });

  it('are the whole line for rules about what is quoted, and where nothing is', () => {
    expect(ownWords(probe, 'probes')).toBe(probe);
    expect(ownWords('PreStop hook failed: x', 'pods')).toBe('PreStop hook failed: x');
    expect(ownWords('Container web failed liveness probe, will be restarted', 'dns')).toContain('restarted');
  });

  it.each([
    [
      'Mar  1 11:49:05 node sudo[5000]: ec2-user : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=',
      "/bin/grep 'fork: retry: x'",
    ],
    [
      'Mar  1 11:49:05 node sudo: ec2-user : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=',
      '/bin/grep full /var/log/messages',
    ],
    ['Mar  1 11:49:05 node CROND[77]: (root) CMD ', '(grep -c "no space left on device" /var/log/messages)'],
  ])('are no command that %s', (head, command) => {
    expect(ownWords(head + command, 'kernel')).toBe(head);
    expect(ownWords(head + command)).toBe(head);
  });

  it('are all of a line that has a command of its own', () => {
    const line = 'Mar  1 11:49:05 node bootstrap[5]: COMMAND=kubelet failed';
    expect(ownWords(line, 'kernel')).toBe(line);
  });

  it('are those before the first quote when a pod quotes in its turn', () => {
    const line = `${KLOG} prober.go:107] "Probe failed" output="PreStop hook failed"`;
    expect(ownWords(line, 'probes')).toBe(line);
    expect(ownWords(line, 'pods')).toBe(`${KLOG} prober.go:107] "Probe failed" `);
  });
});

describe('QuotedLines', () => {
  const HEAD = `${KLOG} prober.go:107] "Probe failed" output=<`;
  const areas = (lines: readonly string[], file: Partial<SourceFile> = {}, every = lines.length): (string | null)[] => {
    const reader = memoryBundle({ 'a.log': `${lines.join('\n')}\n` });
    const [known] = reader.files();
    const quoted = new QuotedLines({ ...(known as SourceFile), role: 'kubelet-log', ...file }, reader);
    const [whole] = [...reader.blocks((known as SourceFile).id)];
    if (whole === undefined) throw new Error('no block');
    return lines.map((_, at) => {
      const from = at - (at % every);
      const bytes = Buffer.from(`${lines.slice(from, from + every).join('\n')}\n`);
      return quoted.areaAt(new BlockLines({ ...whole, firstLine: from + 1, bytes }), at - from);
    });
  };

  it('are those between the message and its end, whatever the blocks', () => {
    const lines = [
      HEAD,
      '\t[+]ping ok',
      '\t[-]etcd failed',
      ' >',
      'goroutine 1 [running]:',
      `${KLOG} a.go:1] "Sync"`,
      'x',
    ];
    const expected = [null, 'probes', 'probes', 'probes', null, null, null];
    for (const every of [7, 3, 2, 1]) expect(areas(lines, {}, every)).toEqual(expected);
  });

  it('go on when the next field has several lines too', () => {
    expect(areas([HEAD, '\ta', ' > err=<', '\tb', ' > pod="a/b"', 'c'])).toEqual([
      ...[null, 'probes', 'probes', 'probes', 'probes', null],
    ]);
  });

  it('are none after a message that says all in its line', () => {
    expect(areas([HEAD.replace('output=<', 'output="no"'), 'x'])).toEqual([null, null]);
  });

  it('follow lines without fields, which were printed as they came', () => {
    const old = `${KLOG} prober.go:117] Liveness probe for "b_a(2):web" failed (failure): one`;
    expect(areas([old, 'two', `${KLOG} a.go:1] x`])).toEqual([null, 'probes', null]);
  });

  it('are of the same process in a journal that many write, and of kubelet alone', () => {
    const journal = (source: string, text: string): string => `May  1 12:00:00 node ${source}: ${text}`;
    const lines = [
      journal('kubelet[7]', HEAD),
      journal('containerd[9]', 'time="2024" level=error'),
      journal('kubelet[8]', '\tx'),
      journal('kubelet[7]', '\tx'),
      journal('containerd[9]', 'x'),
    ];
    expect(areas(lines, { role: 'system-log' })).toEqual([null, null, null, 'probes', null]);
    expect(areas([HEAD, '\tx'], { role: 'system-log' })).toEqual([null, null]);
  });

  it('are looked for only so far above', () => {
    const long = (count: number): string[] => [HEAD, ...Array<string>(count).fill(`${KLOG.slice(5)} x`), '\tx'];
    const only = (lines: readonly string[]): string | null => {
      const reader = memoryBundle({ 'a.log': `${lines.join('\n')}\n` });
      const [file] = reader.files();
      const [block] = [...reader.blocks((file as SourceFile).id)];
      if (block === undefined) throw new Error('no block');
      const quoted = new QuotedLines({ ...(file as SourceFile), role: 'kubelet-log' }, reader);
      return quoted.areaAt(new BlockLines(block), lines.length - 1);
    };
    expect(only(long(98))).toBe('probes');
    expect(only(long(100))).toBeNull();
  });
});
