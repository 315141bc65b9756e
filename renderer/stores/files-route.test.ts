import { describe, expect, it } from 'vitest';
import type { BundleId } from '../model/types.ts';
import { filesPlace, filesRoute } from './files-route.ts';
import { formatRoute, parseRoute } from './navigation.ts';

const bundle = 'a'.repeat(64) as BundleId;

describe('a route of Files', () => {
  it('tells both panes and their lines, there and back', () => {
    const place = {
      main: { bundle, file: 'var_log/a&b.log', line: 4, end: 9 },
      beside: { bundle, file: 'x=y #1', line: 7, end: 7 },
    };
    expect(filesPlace(parseRoute(formatRoute(filesRoute(place))).params)).toEqual(place);
    expect(filesRoute({ main: null, beside: null })).toEqual({ screen: 'files', params: {} });
  });

  it('leaves out what is no line', () => {
    for (const line of ['0', '-1', 'x', '1.5', ''])
      expect(filesPlace({ bundle, file: 'a', line, end: '3' }).main).toEqual({
        bundle,
        file: 'a',
        line: null,
        end: null,
      });
    expect(filesPlace({ bundle, file: 'a', line: '5', end: '3' }).main).toMatchObject({ line: 5, end: 5 });
    expect(filesPlace({ file: 'a' })).toEqual({ main: null, beside: null });
  });
});
