import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { trimYaml } from './yaml-trim.ts';

test('unasked blocks are emptied, lines stay', () => {
  const text = `  kind: Pod
  metadata:
    annotations:
      a: |
        spec:
          nodeName: no
    managedFields:
    - manager: x
      f: {}
    name: web
  spec:
    containers:
    - name: c
      env:
      - name: A
    nodeName: n1
  endpoints:
  - conditions:
      ready: true
    addresses: [10.0.0.1]
`;
  const trimmed = trimYaml(text);
  expect(trimmed.split('\n')).toHaveLength(text.split('\n').length);
  expect(trimmed.split('\n')[9]).toBe('    name: web');
  expect(parse(trimmed)).toEqual({
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { nodeName: 'n1' },
    endpoints: [{ conditions: { ready: true }, addresses: ['10.0.0.1'] }],
  });
});

test('a text with anchors is left alone', () => {
  const text = 'metadata:\n  annotations: &a\n    x: 1\n  labels: *a\n';
  expect(trimYaml(text)).toBe(text);
});

test('what is asked for is read as without trimming', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('a\nspec:\n  nodeName: x', '- x', 'metadata:', '|\n  x'));
  const block = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), text, { noNullPrototype: true });
  const object = fc.record({
    metadata: fc.record({ annotations: block, managedFields: fc.array(block), name: text }),
    spec: fc.record({ containers: fc.array(block), nodeName: text }),
    status: fc.record({ conditions: fc.array(block), podIP: text }),
  });
  fc.assert(
    fc.property(object, fc.boolean(), (value, indentSeq) => {
      const read = parse(trimYaml(stringify(value, { indentSeq, aliasDuplicateObjects: false }))) as typeof value;
      expect([read.metadata.name, read.spec.nodeName, read.status.podIP]).toEqual([
        value.metadata.name,
        value.spec.nodeName,
        value.status.podIP,
      ]);
    }),
  );
});
