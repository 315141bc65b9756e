import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from '../../core/nearest.ts';
import { standardFolders } from './folders.ts';
import { createProgress } from './progress.ts';
import { endedImport } from './test-world.ts';
import { bytesWords, wrap } from './text.ts';

it('wrap keeps every word and the width', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 20, max: 60 }), (words, width) => {
      const lines = wrap(words.join(' '), width, '- ', '  ');
      expect(
        lines
          .join(' ')
          .split(/[ -]+/)
          .filter((word) => word !== ''),
      ).toEqual(words);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }),
  );
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_500, '1.5 kB'],
  [120_300_400, '120 MB'],
  [5_000_000_000_000_000, '5000 TB'],
])('%i bytes read %s', (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});

it.each([
  ['iptables-sav.txt', ['networking/iptables-save.txt']],
  ['kubelet', ['kubelet/kubelet.log']],
  ['nothing-alike-at-all', []],
])('nearest to %s', (wanted, found) => {
  expect(nearest(wanted, ['networking/iptables-save.txt', 'kubelet/kubelet.log', 'system/ps.txt'])).toEqual(found);
});

it.each(['', '/', '10.244.1.11/32'])('nothing is near %j', (wanted) => {
  expect(nearest(wanted, ['node', 'ah', 'shop/lb'])).toEqual([]);
});

it.each([
  ['linux', {}, '/home/me/.cache/coldcase'],
  ['linux', { XDG_CACHE_HOME: '/c' }, '/c/coldcase'],
  ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/coldcase'],
  ['darwin', {}, '/home/me/Library/Caches/coldcase'],
])('cache folder on %s with %j', (platform, env, cache) => {
  expect(standardFolders(env, platform, '/home/me').cache).toBe(cache);
});

it('progress is redrawn in place on a terminal, sparse on a stream, absent when silent', async () => {
  const job = endedImport([], { state: 'running' });
  for (const [kind, notes, shown] of [
    ['terminal', 'shown', 30],
    ['stream', 'shown', 1],
    ['stream', 'silent', 0],
  ] as const) {
    let at = 0;
    let text = '';
    const sink = {
      write: async (more: string) => {
        text += more;
      },
      kind,
      columns: kind === 'terminal' ? 60 : null,
      closed: () => false,
    };
    const progress = createProgress(sink, notes, () => at);
    for (at = 0; at < 3000; at += 10) progress.update(job);
    expect(text.split('Import node.tar.gz: reading').length - 1).toBe(shown);
    await progress.clear();
    if (kind === 'terminal') expect(text.endsWith('\r\u001b[2K')).toBe(true);
    else expect(text).not.toContain('\u001b');
  }
});
