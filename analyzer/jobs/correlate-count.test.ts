import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { shapeOf } from '../correlate/shapes.ts';
import { COUNT_BYTES_MAX, countShapes } from './correlate-count.ts';

const PROXY = 'var_log/kube-proxy.log';
const KUBELET = 'kubelet/kubelet.log';

const rolesOf = (reader: BundleReader): ReadonlyMap<string, string> =>
  new Map(reader.files().map(({ path, role }) => [path, role]));

/** Every line on its own, of files of one role. */
function naive(texts: Readonly<Record<string, string>>, roles: ReadonlyMap<string, string>, of: string, role: string) {
  const lines = Object.entries(texts).flatMap(([path, text]) => (roles.get(path) === role ? text.split('\n') : []));
  return lines.filter((line) => shapeOf(line) === shapeOf(of)).length;
}

const never = (): undefined => undefined;

describe('countShapes', () => {
  it('counts the lines of each shape in files of its role, as if every line was looked at', () => {
    const words = fc.constantFrom('timeout', 'refused', 'dialling', 'Failed', 'time', '10.0.0.1:80', '7', ' ');
    const line = fc.array(words, { minLength: 1, maxLength: 4 }).map((some) => `said ${some.join(' ')}`);
    const text = fc.array(line, { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (proxy, kubelet) => {
        const texts = { [PROXY]: `${proxy.join('\n')}\n`, [KUBELET]: `${kubelet.join('\n')}\n` };
        const reader = memoryBundle(texts);
        const roles = rolesOf(reader);
        const role = roles.get(PROXY) ?? '';
        const counts = countShapes(
          [reader, memoryBundle(texts, 'other')],
          proxy.map((one) => ({ shape: shapeOf(one), role })),
          never,
        );
        for (const [at, one] of proxy.entries()) {
          const isLong = /timeout|refused|dialling|Failed/.test(one);
          expect(counts[at]).toBe(isLong ? 2 * naive(texts, roles, one, role) : null);
        }
      }),
    );
  });

  it('reads nothing for a shape that would cost too much, and counts the others', () => {
    const texts = { [PROXY]: 'everywhere refused\nunusual\n', [KUBELET]: 'unusual\n' };
    const inner = memoryBundle(texts);
    const roles = rolesOf(inner);
    const read: string[] = [];
    const reader: BundleReader = {
      ...inner,
      candidates: (wanted, files) =>
        inner
          .candidates(wanted, files)
          .map((place) =>
            place.fileId === inner.fileByPath(PROXY)?.id ? { ...place, bytes: COUNT_BYTES_MAX + 1 } : place,
          ),
      block: (place) => {
        read.push(inner.file(place.fileId)?.path ?? '');
        return inner.block(place);
      },
    };
    const wanted = [
      { shape: 'everywhere refused', role: roles.get(PROXY) ?? '' },
      { shape: 'unusual', role: roles.get(KUBELET) ?? '' },
    ];
    expect(countShapes([reader], wanted, never)).toEqual([null, 1]);
    expect(read).toEqual([KUBELET]);
  });

  it('reads a block once that several shapes stand in, and once is what it costs', () => {
    const kinds = ['alphabet', 'buildings', 'chocolate'];
    const inner = memoryBundle({ [PROXY]: `${kinds.join('\n')}\n` });
    const role = inner.fileByPath(PROXY)?.role ?? '';
    let reads = 0;
    const reader: BundleReader = {
      ...inner,
      candidates: (wanted, files) =>
        inner.candidates(wanted, files).map((place) => ({ ...place, bytes: COUNT_BYTES_MAX })),
      block: (place) => {
        reads += 1;
        return inner.block(place);
      },
    };
    expect(
      countShapes(
        [reader],
        kinds.map((shape) => ({ shape, role })),
        never,
      ),
    ).toEqual([1, 1, 1]);
    expect(reads).toBe(1);
  });
});
