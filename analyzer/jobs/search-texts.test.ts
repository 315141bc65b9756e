import { describe, expect, it } from 'vitest';
import type { BlockPlace, TextBlock } from '../core/case-reader.ts';
import { OpenBundle } from './search-bundles.ts';
import { SearchTexts } from './search-texts.ts';

const SIZE = 1_000;
const at = (id: number): BlockPlace => ({ id }) as BlockPlace;

/** A bundle that tells which of its blocks were unpacked, and with which bytes. */
function bundleOf(name: string) {
  const unpacked: number[] = [];
  const given: Uint8Array[] = [];
  const ownBlock = ({ id }: BlockPlace): TextBlock => {
    unpacked.push(id);
    const bytes = new Uint8Array(SIZE).fill(id);
    given.push(bytes);
    return { name, bytes } as unknown as TextBlock;
  };
  return { open: new OpenBundle({ ownBlock } as never), unpacked, given };
}

const firstByte = ({ bytes }: TextBlock): number | undefined => bytes[0];

describe('texts of a search worker', () => {
  it('are gone when they were read, unless they are kept', () => {
    const texts = new SearchTexts();
    const { open, unpacked, given } = bundleOf('a');
    expect(texts.read(open, at(1), 'give back', firstByte)).toBe(1);
    expect(given.map(({ length }) => length)).toEqual([0]);
    expect(texts.read(open, at(1), 'keep', firstByte)).toBe(1);
    expect(texts.read(open, at(1), 'give back', firstByte)).toBe(1);
    expect(texts.read(open, at(1), 'keep', firstByte)).toBe(1);
    expect(unpacked).toEqual([1, 1]);
  });

  it('are those of their bundle', () => {
    const texts = new SearchTexts();
    const name = (block: TextBlock) => (block as unknown as { readonly name: string }).name;
    const [one, other] = [bundleOf('one'), bundleOf('other')];
    for (const { open } of [one, other]) texts.read(open, at(1), 'keep', firstByte);
    expect(texts.read(one.open, at(1), 'keep', name)).toBe('one');
    expect(texts.read(other.open, at(1), 'keep', name)).toBe('other');
  });

  it('go when there is no room, those first that nobody read for the longest time', () => {
    const texts = new SearchTexts(2 * SIZE);
    const { open, unpacked, given } = bundleOf('a');
    for (const id of [1, 2, 1, 3, 1, 2]) expect(texts.read(open, at(id), 'keep', firstByte)).toBe(id);
    expect(unpacked).toEqual([1, 2, 3, 2]);
    expect(given.map(({ length }) => length)).toEqual([SIZE, 0, 0, SIZE]);
  });

  it('stay while they are read, and go when one alone is too large', () => {
    const texts = new SearchTexts(SIZE - 1);
    const { open, given } = bundleOf('a');
    const read = texts.read(open, at(1), 'keep', (block) => {
      texts.read(open, at(2), 'keep', firstByte);
      return block.bytes.length;
    });
    expect(read).toBe(SIZE);
    expect(given.map(({ length }) => length)).toEqual([0, 0]);
  });

  it('of a block that cannot be searched are not lost', () => {
    const texts = new SearchTexts();
    const { open, unpacked } = bundleOf('a');
    const failing = () => {
      throw new Error('a pattern');
    };
    expect(() => texts.read(open, at(1), 'keep', failing)).toThrow('a pattern');
    expect(texts.read(open, at(1), 'keep', firstByte)).toBe(1);
    expect(unpacked).toEqual([1]);
  });
});
