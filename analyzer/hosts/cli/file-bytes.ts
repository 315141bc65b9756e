/** Bytes of source files as they are stored, a piece at a time. */
import type { SourceFile } from '../../core/vocabulary.ts';
import type { OpenCase } from './session.ts';

/** The contract's own bound. */
const PIECE_BYTES = 65_536;

/** Hands out bytes `from` up to `to` (or the end of the file) until nobody reads them any more. */
export async function* bytesOf(open: OpenCase, file: SourceFile, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const { bundle, path } = file;
    const count = Math.min(PIECE_BYTES, to - at);
    const piece = await open.session.call('file.bytes', { caseId: open.caseId, bundle, file: path, from: at, count });
    const bytes = Buffer.from(piece.base64, 'base64');
    if (bytes.length === 0) return;
    yield bytes;
    at += bytes.length;
  }
}

/** @returns where line `from` begins and line `last` ends, its line ending included. */
export async function byteRange(
  open: OpenCase,
  file: SourceFile,
  from: number,
  last: number,
): Promise<readonly [number, number]> {
  const startOf = async (line: number): Promise<number | undefined> => {
    const { bundle, path } = file;
    const page = { caseId: open.caseId, bundle, file: path, from: line, count: 1 };
    return (await open.session.call('file.lines', page)).lines[0]?.byteStart;
  };
  const start = from === 1 ? 0 : await startOf(from);
  const end = last >= file.lines ? undefined : await startOf(last + 1);
  return [start ?? Number.MAX_SAFE_INTEGER, end ?? Number.MAX_SAFE_INTEGER];
}

const PER_LINE = 16;

/**
 * @param from offset of the first byte.
 * @returns lines such as `00000010  45 30 35 30 31 ...  |E0501 12:00:00.0|`.
 */
export function hexLines(bytes: Uint8Array, from: number): readonly string[] {
  return Array.from({ length: Math.ceil(bytes.length / PER_LINE) }, (_, row) => {
    const some = [...bytes.subarray(row * PER_LINE, (row + 1) * PER_LINE)];
    const hex = some.map((byte, at) => `${at === 8 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`).join(' ');
    const text = some.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    const offset = (from + row * PER_LINE).toString(16).padStart(8, '0');
    return `${offset}  ${hex.padEnd(PER_LINE * 3)}  |${text}|`;
  });
}
