import { expect, it } from 'vitest';
import type { BundleId } from '../model/types.ts';
import { type ComparePlace, comparePlace, compareRoute } from './compare-route.ts';
import { formatRoute, parseRoute } from './navigation.ts';

const bundle = (letter: string) => letter.repeat(64) as BundleId;

it('a route of Compare tells nodes, affected ones, view and texts, there and back', () => {
  const place: ComparePlace = {
    bundles: [bundle('a'), bundle('b')],
    affected: [bundle('b')],
    tab: 'text',
    pair: { left: { bundle: bundle('a'), file: 'x y&z.txt' }, right: { bundle: bundle('b'), file: 'ä/#1' } },
  };
  expect(comparePlace(parseRoute(formatRoute(compareRoute(place))).params)).toEqual(place);
  const plain: ComparePlace = { bundles: [], affected: [], tab: 'meaning', pair: null };
  expect(comparePlace(parseRoute(formatRoute(compareRoute(plain))).params)).toEqual(plain);
  expect(comparePlace({ left: 'a', tab: 'nonsense' })).toEqual(plain);
});
