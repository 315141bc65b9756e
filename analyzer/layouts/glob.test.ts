import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { compileGlob } from './glob.ts';

const pathTest = (glob: string) => (path: string) => compileGlob(glob).test(path.split('/'), 0);

describe('globs of paths', () => {
  test.each([
    ['networking/iptables-save*', 'networking/iptables-save.txt', true],
    ['networking/iptables-save*', 'networking/deeper/iptables-save.txt', false],
    ['networking/iptables-save*', 'a/networking/iptables-save.txt', false],
    ['**/iptables-save*', 'iptables-save.txt', true],
    ['**/iptables-save*', 'a/b/iptables-save', true],
    ['var_log/**/*kube-proxy*', 'var_log/x/y/kube-proxy.log', true],
    ['var_log/**/*kube-proxy*', 'var_log/kube-proxy.log', true],
    ['var_log/**/*kube-proxy*/**', 'var_log/kube-system_kube-proxy-x_1/kube-proxy/0.log', true],
    ['var_log/*_*_*.log', 'var_log/a_b.log', false],
    ['var_log/*_*_*.log', 'var_log/a_b_c.log', true],
    ['{var_log,automode}/kube-proxy*', 'automode/kube-proxy.txt', true],
    ['**/{services,svc}.{json,yaml}', 'x/svc.yaml', true],
    ['sysctls/**', 'sysctls/a/b/c', true],
    ['a/**/b/**/c', 'a/x/b/y/z/c', true],
    ['a/**/b/**/c', 'a/b/c', true],
    ['a/**/b/**/b/c', 'a/b/c', false],
    ['sysctls/**', 'sysctls', false],
    ['**', '.hidden/.file', true],
  ])('%s on %s: %s', (glob, path, expected) => {
    expect(pathTest(glob)(path)).toBe(expected);
  });

  test('tests from a depth on, and knows its first names and how first and last ones begin', () => {
    const glob = compileGlob('{node,pod}/*.txt');
    expect(glob.test(['a', 'b', 'pod', 'x.txt'], 2)).toBe(true);
    expect(glob.test(['a', 'b', 'pod', 'x.txt'], 1)).toBe(false);
    expect(glob.firstNames).toEqual(['node', 'pod']);
    expect(compileGlob('pod_*/x').firstNames).toBeNull();
    expect(compileGlob('**/x').firstNames).toBeNull();
    expect(compileGlob('**/{nft-*,nftables,ss}.txt').lastStarts).toEqual(['n', 's']);
    expect(compileGlob('{pod_*,node}/x').firstStarts).toEqual(['p', 'n']);
    for (const any of ['**/a', '*a/x']) expect(compileGlob(any).firstStarts).toBeNull();
    for (const any of ['a/**', '**/*x', 'a/{b,*}']) expect(compileGlob(any).lastStarts).toBeNull();
  });

  test.each(['a?', '[ab]', '!(a)', 'a{b', 'a\\*'])('what is not understood is refused: %s', (glob) => {
    expect(() => compileGlob(glob)).toThrow('glob');
  });

  test('says what picomatch says', () => {
    const name = fc.constantFrom('a', 'b', 'ab', 'ba', 'aab', '.a', 'a.log', 'b_a_b');
    const last = fc.constantFrom('a', 'b', 'a*', '*a', '*', '*b*', '{a,b}', '{ab,b*}', '*_*', 'a*.log');
    const part = fc.oneof(last, fc.constant('**'));
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 4 }),
        last,
        fc.array(name, { minLength: 1, maxLength: 6 }),
        (parts, end, names) => {
          const glob = [...parts, end].join('/');
          const expected = picomatch(glob, { dot: true })(names.join('/'));
          const { firstNames, firstStarts, lastStarts, test: matches } = compileGlob(glob);
          expect(matches(names, 0)).toBe(expected);
          const possible =
            (firstNames?.includes(names[0] as string) ?? true) &&
            (firstStarts?.includes((names[0] as string).charAt(0)) ?? true) &&
            (lastStarts?.includes((names.at(-1) as string).charAt(0)) ?? true);
          expect(expected && !possible).toBe(false);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('a name that is made to be expensive is not', () => {
    const underscores = '_'.repeat(4096);
    const folders = Array.from({ length: 2000 }, () => 'a').join('/');
    for (let round = 0; round < 300; round++) {
      expect(pathTest('var_log/*_*_*_*_*_*_*.log')(`var_log/${underscores}`)).toBe(false);
      expect(pathTest('**/a/**/a/**/a/**/b')(folders)).toBe(false);
    }
  });
});
