import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { LINES_BYTES_MAX } from '../core/limits.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { parsedMessages } from './parsed-messages.ts';

const NAME = 'a.log';
const KLOG = 'E0501 12:00:00.123456       1 panic.go:1] Observed a panic';

function bundleOf(text: string, format: string): { readonly reader: BundleReader; readonly file: SourceFile } {
  const reader = memoryBundle({ [NAME]: text });
  return { reader, file: { ...(reader.fileByPath(NAME) as SourceFile), format } };
}

async function lineRanges(text: string, format: string, from: number, count: number): Promise<readonly string[]> {
  const { reader, file } = bundleOf(text, format);
  return (await parsedMessages(reader, file, from, count)).map((one) => `${one.line}+${one.lines}`);
}

describe('parsedMessages', () => {
  const traces = `${KLOG}\ngoroutine 1 [running]:\nmain.main()\n${KLOG} again\n${KLOG}\n\tmore\n`;

  it('gives messages with the lines that continue them', async () => {
    expect(await lineRanges(traces, 'klog', 1, 99)).toEqual(['1+3', '4+1', '5+2']);
  });

  it('gives the first message also when it began before, the last one whole', async () => {
    expect(await lineRanges(traces, 'klog', 3, 3)).toEqual(['1+3', '4+1', '5+2']);
    expect(await lineRanges(traces, 'klog', 2, 1)).toEqual(['1+3']);
    expect(await lineRanges(traces, 'klog', 4, 1)).toEqual(['4+1']);
    expect(await lineRanges(traces, 'klog', 7, 5)).toEqual([]);
  });

  it('gives lines that are of no message one by one, and looks back for the first of them only', async () => {
    const text = `nothing here\n`.repeat(6_000);
    const { reader, file } = bundleOf(text, 'klog');
    let calls = 0;
    const counting: BundleReader = {
      ...reader,
      lines: (id, from, count) => {
        calls += 1;
        return reader.lines(id, from, count);
      },
    };
    expect(await parsedMessages(counting, file, 3_000, 2_500)).toHaveLength(2_500);
    // Pages of the window, there and back; and the way back to a stamp, once.
    expect(calls).toBeLessThan(200);
  });

  it('joins the partial lines of a stream, with lines of the other one between them', async () => {
    const text = [
      '2024-05-01T12:00:00.1Z stdout P first half,',
      '2024-05-01T12:00:00.1Z stderr F another stream',
      '2024-05-01T12:00:00.1Z stdout F  second half',
      '2024-05-01T12:00:00.1Z stdout F alone',
      '',
    ].join('\n');
    const { reader, file } = bundleOf(text, 'cri');
    const messages = await parsedMessages(reader, file, 1, 9);
    expect(messages.map((one) => [one.line, one.lines, one.message])).toEqual([
      [1, 3, 'first half, second half'],
      [2, 1, 'another stream'],
      [4, 1, 'alone'],
    ]);
    expect((await parsedMessages(reader, file, 2, 1)).map((one) => one.line)).toEqual([2]);
    expect((await parsedMessages(reader, file, 2, 2)).map((one) => one.line)).toEqual([2]);
    expect((await parsedMessages(reader, file, 3, 2)).map((one) => one.line)).toEqual([1, 4]);
  });

  it('has the severity that a journal tells beside the text', async () => {
    const { reader, file } = bundleOf('one\ntwo\nthree\n', 'text');
    const journal: BundleReader = { ...reader, severitiesOf: () => new Map([[2, 'error']]) };
    const messages = await parsedMessages(journal, file, 1, 3);
    expect(messages.map((one) => one.severity)).toEqual([null, 'high', null]);
  });

  it('ends a page that would be too large', async () => {
    const { reader, file } = bundleOf(`${'x'.repeat(LINES_BYTES_MAX / 8)}\n`.repeat(20), 'text');
    const messages = await parsedMessages(reader, file, 3, 17);
    expect(messages.map((one) => one.line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
