/** The line at an instant, by what blocks say of their times: of a file of gigabytes a few blocks are read. */

import { Breath } from '../core/breath.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { type LineTime, timedLines, timeOfLine } from './timed-lines.ts';

export type LineAtTime = LineTime & { readonly line: number | null };

const NOWHERE: LineAtTime = { line: null, time: null, timeBasis: null };

/**
 * @param time ms since 1970.
 * @returns the first line of the file whose instant is at or after the time; the last line when all are before; none in
 *   a file without instants.
 */
export async function lineAt(reader: BundleReader, file: SourceFile, time: number): Promise<LineAtTime> {
  const breath = new Breath();
  const original = file.aliasOf === null ? file : (reader.fileByPath(file.aliasOf) ?? file);
  const places = reader.candidates(null, new Set([original.id])).filter(({ timeMax }) => timeMax !== null);
  for (const { firstLine, lines, timeMax } of places) {
    // A copy may have been given a clock by its own path; the times of blocks are by that of its original.
    if (file.clock === original.clock && timeMax !== null && timeMax < time) continue;
    const found = timedLines(reader, file, firstLine, lines).find(
      (line) => line.time !== null && Date.parse(line.time) >= time,
    );
    if (found !== undefined) return { line: found.number, time: found.time, timeBasis: found.timeBasis };
    await breath.taken();
  }
  const last = places.length === 0 ? undefined : reader.lines(file.id, file.lines, 1)[0];
  if (last === undefined) return NOWHERE;
  return { line: last.number, ...timeOfLine(reader, file, last.number, last.text) };
}
