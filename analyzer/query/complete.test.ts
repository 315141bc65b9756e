import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompletionNames, complete } from './complete.ts';
import { parseQuery } from './parse.ts';

const NAMES: CompletionNames = {
  nodes: ['ip-10-0-1-7', 'ip-10-0-2-9', 'worker (old)'],
  files: ['var/log/messages', 'var/log/pods/kube-proxy-x/0.log', 'networking/iptables.txt'],
  sources: ['kubelet', 'kube-proxy', 'klog'],
  entities: ['10.0.3.7', 'kube-system/coredns-abc'],
};

/** What stands in the box after each completion at `|`. */
function completed(typed: string): readonly string[] {
  const caret = typed.indexOf('|');
  const text = typed.replace('|', '');
  return complete(text, caret, NAMES).map(({ from, to, insert }) => text.slice(0, from) + insert + text.slice(to));
}

describe('completion', () => {
  it('offers every field where a term begins', () => {
    expect(completed('|')).toHaveLength(9);
    expect(completed('foo |')).toContain('foo sev:');
    expect(completed('foo -|')).toContain('foo -node:');
    expect(completed('(|)')).toContain('(near:)');
    expect(completed('a| b')).not.toContain('node: b');
  });

  it('offers the fields that begin with a word, and names that hold it', () => {
    expect(completed('s|')).toEqual(['source:', 'sev:']);
    expect(completed('-NO|')).toEqual(['-node:']);
    expect(completed('foo no|de:x')).toEqual(['foo node:x']);
    expect(completed('proxy|')).toEqual(['source:kube-proxy', 'file:var/log/pods/kube-proxy-x/0.log']);
    expect(completed('foo O|')).toEqual(['foo OR']);
    expect(completed('O|')).toEqual([]);
  });

  it('offers values, those first that begin as typed', () => {
    expect(completed('node:|')).toEqual(['node:ip-10-0-1-7', 'node:ip-10-0-2-9', 'node:"worker (old)"']);
    expect(completed('a node:2|9 b')).toEqual(['a node:ip-10-0-2-9 b']);
    expect(completed('source:k|')).toEqual(['source:kubelet', 'source:kube-proxy', 'source:klog']);
    expect(completed('file:log|')).toEqual(['file:var/log/messages', 'file:var/log/pods/kube-proxy-x/0.log']);
    expect(completed('file:iptables|')).toEqual(['file:networking/iptables.txt']);
    expect(completed('entity:core|')).toEqual(['entity:kube-system/coredns-abc']);
    expect(completed('sev:>|')).toEqual(['sev:>=warning', 'sev:>=info']);
    expect(completed('has:|')).toEqual(['has:finding']);
    expect(completed('near:5|')).toEqual(['near:5m@']);
    expect(completed('near:5m@|')).toEqual([]);
    expect(completed('after:|')).toEqual([]);
  });

  it('completes in quotes, and leaves what stands behind an open one', () => {
    expect(completed('node:"wor|" b')).toEqual(['node:"worker (old)" b']);
    expect(completed('node:"wor| b')).toEqual(['node:"worker (old)" b']);
    expect(completed('"no|"')).toEqual([]);
    expect(completed('=no|')).toEqual([]);
    expect(completed('/no|/')).toEqual([]);
  });

  it('offers no more than can be read', () => {
    const files = Array.from({ length: 5_000 }, (_, index) => `file-${index}`);
    expect(complete('file:', 5, { ...NAMES, files })).toHaveLength(50);
  });

  it('inserts values that are read as they are, for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const [first] = complete('node:', 5, { ...NAMES, nodes: [name] });
        const parse = parseQuery(`node:${first?.insert}`);
        expect(parse).toEqual({ ok: true, query: { kind: 'place', field: 'node', name } });
      }),
    );
  });

  it('never fails, and replaces only text that is there', () => {
    const pieces = fc.constantFrom(...'ab -=()"/:', 'OR ', 'node:', 'sev:', 'near:"', 'ip');
    const pieced = fc.array(pieces, { maxLength: 12 }).map((all) => all.join(''));
    fc.assert(
      fc.property(pieced, fc.nat({ max: 40 }), (text, caret) => {
        for (const { from, to } of complete(text, Math.min(caret, text.length), NAMES))
          expect([from >= 0, from <= to, to <= text.length]).toEqual([true, true, true]);
      }),
      { numRuns: 1_000 },
    );
  });
});
