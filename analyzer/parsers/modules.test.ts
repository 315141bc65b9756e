import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseModules } from './modules.ts';

test('lsmod', () => {
  const { modules, header, junkLines } = parseModules(
    'Module                  Size  Used by\nip_vs                 155648  6 ip_vs_rr,ip_vs_sh\nxt_CHECKSUM            12549  1\ntun                    27141  0\nFEHLER\n',
  );
  expect(header).toBe(true);
  expect(modules).toEqual([
    { name: 'ip_vs', line: 2, size: 155648, usedBy: ['ip_vs_rr', 'ip_vs_sh'] },
    { name: 'xt_CHECKSUM', line: 3, size: 12549, usedBy: [] },
    { name: 'tun', line: 4, size: 27141, usedBy: [] },
  ]);
  expect(junkLines).toBe(1);
});

test('the collector greps, /proc/modules says more', () => {
  expect(parseModules('nf_conntrack          139264  5 xt_conntrack,nf_nat\n')).toMatchObject({ header: false });
  expect(parseModules('ip_vs 155648 2 ip_vs_rr,ip_vs_sh, Live 0x0\nnf_nat 100 0 - Live 0x0\n').modules).toEqual([
    { name: 'ip_vs', line: 1, size: 155648, usedBy: ['ip_vs_rr', 'ip_vs_sh'] },
    { name: 'nf_nat', line: 2, size: 100, usedBy: [] },
  ]);
});

test('any text is taken, every line is a module, the title or junk', () => {
  const line = fc.constantFrom('ip_vs 1 2', 'ip_vs 1 2 a,b', 'Module  Size  Used by', 'x', '', ' ', '-- 1', 'a 1 -2');
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const parsed = parseModules(lines.join('\n'));
      const titles = lines.filter((each) => each.startsWith('Module')).length;
      expect(parsed.modules.length + parsed.junkLines + titles).toBe(lines.filter((each) => each.trim() !== '').length);
    }),
  );
});
