import { describe, expect, it } from 'vitest';
import { PlainRule, plainLine } from './nft-plain-rule.ts';
import { parseRule } from './nft-statements.ts';
import { parseNftText } from './nft-text.ts';
import { NftLexer } from './nft-tokens.ts';

const RULES = [
  'ip protocol tcp ip daddr 10.96.10.20 tcp dport 80 counter packets 5 bytes 300 jump KUBE-SVC-67NZLRHBNDSAWJRO',
  'meta random & 2147483647 < 1073741824 counter packets 61 bytes 2013 jump KUBE-SEP-QZ2RMBQRVUNY2HKV',
  'meta l4proto tcp counter packets 5 bytes 300 dnat to 10.244.2.5:8080',
  'xt match recent counter packets 0 bytes 0 jump KUBE-SEP-X',
  'counter packets 53 bytes 3180 ',
  'frobnicate the packet counter drop',
  'drop',
];

describe('plain rules', () => {
  it.each(RULES)('say later what they would have said at once: %s', (text) => {
    const at = plainLine(`${text}\n`, 0);
    expect(at?.end).toBe(text.length);
    const rule = new PlainRule(text, 'C', 7, 3);
    const { statements, packets, bytes } = parseRule(new NftLexer(`${text}\n`));
    expect({ statements: rule.statements, packets: rule.packets, bytes: rule.bytes }).toEqual({
      statements,
      packets,
      bytes,
    });
    expect(JSON.parse(JSON.stringify(rule))).toEqual(
      JSON.parse(JSON.stringify({ ...rule, handle: null, comment: null, packets, bytes, statements })),
    );
    expect(rule.raw).toBe(text.trimEnd());
  });

  it.each([
    'ip daddr { 10.0.0.1, 10.0.0.2 } drop',
    'counter log prefix "x; y"',
    'counter accept # handle 12',
    'accept; drop',
    'ip daddr 10.0.0.1 \\',
    'drop }',
    `ip daddr ${'1'.repeat(600)} drop`,
  ])('are not taken for such: %s', (text) => {
    expect(plainLine(`${text}\n`, 0)).toBeNull();
  });

  it('need the end of their line', () => {
    expect(plainLine('counter packets 1 bytes 2 acc', 0)).toBeNull();
    const cut = parseNftText('table ip nat {\n\tchain A {\n\t\tdrop\n\t\tcounter acc');
    expect(cut.tables[0]?.chains.get('A')?.rules.map((rule) => rule.raw)).toEqual(['drop']);
    expect(cut.cut).not.toBeNull();
  });

  it('of a chain that comes twice add up with their statements', () => {
    const text =
      'table ip nat {\n\tchain A {\n\t\tdrop\n\t}\n\tchain A {\n\t\tcounter packets 1 bytes 2 accept\n\t}\n}\n';
    const rules = parseNftText(text).tables[0]?.chains.get('A')?.rules ?? [];
    expect(rules.map((rule) => [rule.position, rule.line, rule.packets?.value, rule.statements.length])).toEqual([
      [1, 3, undefined, 1],
      [2, 6, 1, 2],
    ]);
  });
});
