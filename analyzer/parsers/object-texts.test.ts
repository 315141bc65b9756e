import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { objectTexts } from './object-texts.ts';

const json = (texts: ReturnType<typeof objectTexts>) => texts.objects.map(({ text, line }) => [JSON.parse(text), line]);

describe('JSON', () => {
  test('a list, its kind before or behind the items', () => {
    const front = objectTexts('{"kind":"PodList",\n"items":[\n{"a":1},\n{"items":[{"x":2}]}]}');
    expect(json(front)).toEqual([
      [{ a: 1 }, 3],
      [{ items: [{ x: 2 }] }, 4],
    ]);
    expect(front).toMatchObject({ lists: ['PodList'], cut: null });
    expect(objectTexts('{"items":[], "kind":"List"}')).toMatchObject({ objects: [], lists: ['List'], cut: null });
  });

  test('single objects, one after the other, arrays of objects', () => {
    expect(json(objectTexts('{"kind":"Pod","spec":{"items":[{}]}}\n{"b":"}]"}'))).toEqual([
      [{ kind: 'Pod', spec: { items: [{}] } }, 1],
      [{ b: '}]' }, 2],
    ]);
    expect(json(objectTexts('[{"a":1},\n{"b":"\\""}]'))).toEqual([
      [{ a: 1 }, 1],
      [{ b: '"' }, 2],
    ]);
  });

  test('a file that ends early keeps its whole objects', () => {
    const cut = objectTexts('{"items":[{"a":1},{"b":');
    expect(json(cut)).toEqual([[{ a: 1 }, 1]]);
    expect(cut.cut).not.toBeNull();
    expect(objectTexts('{"items":[{"a":"').cut).not.toBeNull();
  });

  test('depth does no harm', () => {
    expect(objectTexts('['.repeat(1_000_000)).objects).toEqual([]);
    expect(objectTexts('{"items":'.repeat(200_000)).cut).not.toBeNull();
    expect(objectTexts(`{}${'}'.repeat(100)}{}`).objects).toHaveLength(2);
  });

  test('objects are found wherever the printer puts line ends', () => {
    const object = fc.record({ kind: fc.string(), metadata: fc.dictionary(fc.string(), fc.jsonValue()) });
    fc.assert(
      fc.property(fc.array(object), fc.constantFrom(0, 1, 4), (items, indent) => {
        const text = JSON.stringify({ apiVersion: 'v1', items, kind: 'List' }, null, indent);
        const found = objectTexts(text);
        expect(found.objects.map((each) => JSON.parse(each.text))).toEqual(JSON.parse(JSON.stringify(items)));
        for (const each of found.objects) expect(text.split('\n')[each.line - 1]).toContain('{');
      }),
    );
  });
});

describe('YAML', () => {
  test('items of a list keep their lines and columns', () => {
    const found = objectTexts(
      'apiVersion: v1\nitems:\n- kind: Pod\n  args:\n  - x\n  text: |\n    - no item\n- kind: Service\nkind: List\nmetadata: {}\n',
    );
    expect(found.objects).toEqual([
      { format: 'yaml', text: '  kind: Pod\n  args:\n  - x\n  text: |\n    - no item', line: 3 },
      { format: 'yaml', text: '  kind: Service', line: 8 },
    ]);
    expect(found.lists).toEqual(['List']);
  });

  test('documents, empty lists and comments', () => {
    const found = objectTexts(
      '# saved\n---\nkind: Pod\n---\n\n---\r\nkind: Node\r\n...\n---\nitems: []\nkind: PodList\n',
    );
    expect(found.objects.map((each) => [each.text.trim(), each.line])).toEqual([
      ['kind: Pod', 3],
      ['kind: Node', 7],
    ]);
    expect(found.lists).toEqual(['PodList']);
  });

  test('as many objects as were written', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }));
    const item = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1 }), fc.boolean(), (items, indentSeq) => {
        const found = objectTexts(stringify({ apiVersion: 'v1', items, kind: 'List' }, { indentSeq }));
        expect(found.objects).toHaveLength(items.length);
      }),
    );
  });
});
