import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextBlock } from '../core/case-reader.ts';
import { FileId } from '../core/ids.ts';
import { addressScan } from './address-scan.ts';

function block(text: string, firstLine = 1): TextBlock {
  const bytes = Buffer.from(text);
  return { fileId: FileId.parse(1), firstLine, lines: text.split('\n').length, byteStart: 0, bytes };
}

describe('an IPv4 address', () => {
  const scan = addressScan('10.0.0.1');
  it.each([
    ['10.0.0.1', true],
    ['src=10.0.0.1 dst=10.0.0.9', true],
    ['-d 10.0.0.1/32 -j X', true],
    ['to 10.0.0.1:8080', true],
    ['was 10.0.0.1.', true],
    ['::ffff:10.0.0.1', true],
    ['"10.0.0.1",', true],
    ['10.0.0.10', false],
    ['110.0.0.1', false],
    ['1.10.0.0.1', false],
    ['10.0.0.1.2', false],
    ['10-0-0-1', false],
    ['10.0.0.11 and then 10.0.0.1', true],
  ])('in %j: %s', (text, named) => {
    expect(scan.names(text)).toBe(named);
  });

  it('is found as often as lines that hold it as one of their words', () => {
    const address = fc.tuple(fc.nat(3), fc.nat(12), fc.constantFrom(0, 1, 10)).map(([a, b, c]) => `10.${a}.${b}.${c}`);
    fc.assert(
      fc.property(address, fc.array(fc.array(address, { maxLength: 4 }), { maxLength: 30 }), (wanted, rows) => {
        const found = addressScan(wanted).lines(block(rows.map((words) => words.join(' ')).join('\n')));
        expect(found.map((one) => one.line)).toEqual(
          rows.flatMap((words, index) => (words.includes(wanted) ? [index + 1] : [])),
        );
      }),
    );
  });
});

describe('an IPv6 address', () => {
  const scan = addressScan('fd00::1');
  it.each([
    ['fd00::1', true],
    ['FD00::1', true],
    ['[fd00::1]:80', true],
    ['fd00:0:0:0:0:0:0:1/128', true],
    ['fd00:0000:0000:0000:0000:0000:0000:0001', true],
    ['fd00::1: unreachable', true],
    ['fd00::10', false],
    ['afd00::1', false],
    ['2001:fd00::1', false],
    ['fd00::1:2', false],
    ['fd00::1a', false],
  ])('in %j: %s', (text, named) => {
    expect(scan.names(text)).toBe(named);
  });
});

it('gives line numbers of the file and the text of each line, whatever bytes stand beside it', () => {
  const bytes = Buffer.concat([Buffer.from('a\n\xff 10.0.0.1\n', 'latin1'), Buffer.from('10.0.0.1 end')]);
  const found = addressScan('10.0.0.1').lines({ ...block('', 40), bytes });
  expect(found.map((one) => one.line)).toEqual([41, 42]);
  expect(found[1]?.text).toBe('10.0.0.1 end');
});
