/**
 * How often messages of some shapes stand in the whole case: the index names the blocks that may hold a text of the shape,
 * and what is in them is counted. A shape of which too many blocks would have to be read is not counted.
 */
import type { BundleReader, WantedText } from '../core/case-reader.ts';
import { hitAt, hitLiteral, LiteralTable } from '../core/literal-table.ts';
import { probeOf, shapeOf } from '../correlate/shapes.ts';
import { BlockLines } from '../rules/block-lines.ts';

/** Text read for counting, about a second: lines that hold a text of a shape are folded, 15 microseconds each. */
export const COUNT_BYTES_MAX = 16 * 1024 * 1024;

/** A shape as it is counted: messages of one shape in files of one role. */
export interface CountedShape {
  readonly shape: string;
  readonly role: string;
}

/** @returns how often each stands in these bundles, in the order given; null for one that was not counted. */
export function countShapes(
  readers: readonly BundleReader[],
  shapes: readonly CountedShape[],
  checkCancelled: () => void,
): readonly (number | null)[] {
  const counted = affordable(readers, shapes, checkCancelled);
  const counts = new Map<string, number>();
  const table = new LiteralTable(counted.map(({ probe }) => Buffer.from(probe)));
  const texts = counted.map(({ probe }): WantedText => Buffer.from(probe));
  const known = new Set(counted.map(keyOf));
  for (const reader of counted.length === 0 ? [] : readers) {
    for (const { fileId, block, mayHold } of reader.blocksWithAny(texts)) {
      checkCancelled();
      const role = reader.file(fileId)?.role ?? '';
      const among = mayHold.filter((nth) => counted[nth]?.role === role);
      if (among.length === 0) continue;
      const lines = new BlockLines(block);
      let before = -1;
      for (const hit of table.find(lines.bytes, among)) {
        const line = lines.lineAt(hitAt(hit));
        if (line === before || counted[hitLiteral(hit)] === undefined) continue;
        before = line;
        const key = keyOf({ role, shape: shapeOf(lines.text(line) ?? '') });
        if (known.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return shapes.map((shape) => (known.has(keyOf(shape)) ? (counts.get(keyOf(shape)) ?? 0) : null));
}

function keyOf({ role, shape }: CountedShape): string {
  return `${role} ${shape}`;
}

interface Probed extends CountedShape {
  readonly probe: string;
}

/** Those with the fewest blocks to read, as many as can be read. */
function affordable(
  readers: readonly BundleReader[],
  shapes: readonly CountedShape[],
  checkCancelled: () => void,
): readonly Probed[] {
  const known = new Map<string, { readonly probed: Probed; readonly bytes: number }>();
  for (const { shape, role } of shapes) {
    checkCancelled();
    const probe = probeOf(shape);
    if (probe === null || known.has(keyOf({ shape, role }))) continue;
    const wanted = Buffer.from(probe);
    const bytes = readers.reduce((sum, reader) => {
      const files = new Set(reader.files().flatMap((file) => (file.role === role ? [file.id] : [])));
      return sum + reader.candidates(wanted, files).reduce((all, place) => all + place.bytes, 0);
    }, 0);
    known.set(keyOf({ shape, role }), { probed: { shape, role, probe }, bytes });
  }
  let left = COUNT_BYTES_MAX;
  return [...known.values()]
    .sort((one, two) => one.bytes - two.bytes || (keyOf(one.probed) < keyOf(two.probed) ? -1 : 1))
    .filter(({ bytes }) => {
      left -= bytes;
      return left >= 0;
    })
    .map(({ probed }) => probed);
}
