import { describe, expect, test } from 'vitest';
import { caseDumps, caseNames } from '../../fixtures/lib/cases.ts';
import { plainNft } from '../../test/support/nft-plain.ts';
import { printNftText } from '../core/nft-print.ts';
import { parseNftJson } from './nft-json.ts';
import { parseNftRuleset } from './nft-ruleset.ts';
import { parseNftText } from './nft-text.ts';

function dumpOf(name: string, kind: 'txt' | 'json'): string {
  return caseDumps(name).get(`nft-ruleset.${kind}`)?.toString('utf8') ?? '';
}

/** nft 1.0.6 leaves these out of JSON, or prints them in seconds there; numbers of marks are decimal. */
function comparable(text: string): unknown {
  const tables = parseNftRuleset(text).tables.filter((table) => table.name === 'kube-proxy');
  const plain = plainNft(tables, ['handle', 'expires', 'timeout', 'flags', 'comment']);
  const decimal = JSON.stringify(plain).replace(
    /"0x([0-9a-f]+)"/g,
    (_, hex: string) => `"${Number.parseInt(hex, 16)}"`,
  );
  return JSON.parse(decimal) as unknown;
}

describe.each(caseNames().filter((name) => /^nb?\d/.test(name)))('%s', (name) => {
  test("text and JSON of kube-proxy's table say the same", () => {
    const json = comparable(dumpOf(name, 'json'));
    expect(json).toEqual(comparable(dumpOf(name, 'txt')));
    expect(json).toHaveLength(1);
  });

  test('JSON is printed as text and read again', () => {
    const read = parseNftJson(dumpOf(name, 'json'));
    expect([read.junkLines, read.cut]).toEqual([0, null]);
    expect(plainNft(parseNftText(printNftText(read)))).toEqual(plainNft(read));
  });
});

test('tables of iptables-nft keep the names of their modules', () => {
  const read = parseNftJson(dumpOf('h3-rich-kubeadm', 'json'));
  const rule = read.tables.find((table) => table.name === 'filter')?.chains.get('INPUT')?.rules[0];
  expect(rule?.statements[0]).toEqual({ kind: 'xt', type: 'match', name: 'conntrack' });
  expect([rule?.line, rule?.packets?.value]).toEqual([0, 12]);
});

test('every prefix keeps the objects that are whole and says that it is cut', () => {
  const text = dumpOf('n1-minimal', 'json').trim();
  const [whole] = parseNftJson(text).tables;
  for (let end = 20; end < text.length; end += 211) {
    const read = parseNftJson(text.slice(0, end));
    expect(read.cut).not.toBeNull();
    for (const table of read.tables) {
      expect(table.complete).toBe(false);
      for (const chain of table.chains.values()) {
        const all = whole?.chains.get(chain.name)?.rules ?? [];
        expect(all.slice(0, chain.rules.length)).toEqual(chain.rules);
        if (chain.complete) expect(chain.rules).toHaveLength(all.length);
      }
    }
  }
  expect(parseNftJson(text.slice(0, -1)).cut).toBe('the JSON ends before its last brace');
});

test.each([
  ['', null, 0],
  ['{}', 'the array nftables is not there', 0],
  [
    '{"nftables": [{"table": 5}, {"rule": {"family": "ip", "table": "t", "chain": "c", "expr": [7, {"xt": null}]}}]}',
    null,
    1,
  ],
])('%s', (text, cut, junk) => {
  const read = parseNftJson(text);
  expect([read.cut, read.junkLines]).toEqual([cut, junk]);
});

test('values nested without end are not followed', () => {
  const deep = `${'{"concat": ['.repeat(5000)}1${']}'.repeat(5000)}`;
  const text = `{"nftables": [{"rule": {"family": "ip", "table": "t", "chain": "c", "expr": [{"match": {"op": "==", "left": ${deep}, "right": 1}}]}}]}`;
  expect(parseNftJson(text).tables[0]?.chains.get('c')?.rules).toHaveLength(1);
});

test('text or JSON is told by the content', () => {
  expect(parseNftRuleset(' \n{"nftables": []}').source).toBe('json');
  expect(parseNftRuleset('table ip t {\n}\n').source).toBe('text');
});
