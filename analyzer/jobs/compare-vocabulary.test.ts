import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { readVocabulary } from './compare-vocabulary.ts';

const at = (second: number): string => `Mar 03 13:30:${String(second).padStart(2, '0')} n1 kubelet[3127]: `;
const probe = (pod: string, second: number): string =>
  `${at(second)}E0303 13:30:${second}.365670    3127 pod_workers.go:1298] "Error syncing pod, skipping" err="cannot mount" pod="shop/${pod}" podUID="2975857d-fa3b-43f5-aa44-cf3be837b8f6"`;

const KUBELET = [
  `${at(10)}I0303 13:30:10.365670    3127 server.go:487] "Kubelet version" kubeletVersion="v1.30.6"`,
  probe('web-7d4b9c8f6-x2x9z', 11),
  probe('checkout-6c9d8b7f5-k8s2w', 12),
  `${at(13)}W0303 13:30:13.365670    3127 reflector.go:547] failed to list *v1.Node`,
  '',
].join('\n');

const read = (texts: Readonly<Record<string, string>>) => readVocabulary(memoryBundle(texts), () => {});

test('messages of one shape are counted as one, whatever pod they are about; the first one is shown as it stands', () => {
  const { roles, logs, cut } = read({ 'kubelet/kubelet.log': KUBELET });
  expect(cut).toBeNull();
  expect([...logs]).toEqual(['kubelet-log']);
  const shapes = [...(roles.get('kubelet-log')?.values() ?? [])];
  expect(shapes.map(({ text, count, level, first }) => [text, count, level, first.line])).toEqual([
    [
      'pod_workers.go:1298] "Error syncing pod, skipping" err="cannot mount" pod="shop/web-7d4b9c8f6-x2x9z" podUID="2975857d-fa3b-43f5-aa44-cf3be837b8f6"',
      ...[2, 'error', 2],
    ],
    ['reflector.go:547] failed to list *v1.Node', 1, 'warning', 4],
  ]);
});

test('a log without warnings is known to hold none; logs of pods are not read', () => {
  const { roles, logs } = read({
    'kubelet/kubelet.log': `${KUBELET.split('\n')[0]}\n`,
    'var_log/web-1_shop_web-0123.log':
      '2026-03-03T13:30:22.692097948Z stderr F E0303 13:30:22.692097 1 main.go:1] no\n',
  });
  expect([...logs]).toEqual(['kubelet-log']);
  expect([...roles.values()].flatMap((shapes) => [...shapes])).toEqual([]);
});

test('cancelling stops it', () => {
  const cancel = (): never => {
    throw new Error('cancelled');
  };
  expect(() => readVocabulary(memoryBundle({ 'kubelet/kubelet.log': KUBELET }), cancel)).toThrow('cancelled');
});

test('where the end of a log was not captured, what it does not hold is not known', () => {
  const reader = memoryBundle({ 'kubelet/kubelet.log': KUBELET });
  const files = reader.files().map((file) => ({ ...file, coverage: 'truncated' as const }));
  const { cut } = readVocabulary({ ...reader, files: () => files }, () => {});
  expect(cut).toBe('kubelet/kubelet.log was not captured to its end');
});
