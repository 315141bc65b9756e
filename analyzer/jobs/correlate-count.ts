/**
 * How often messages of some shapes stand in the whole case: the index names the blocks that may hold the texts of a shape,
 * and what is in them is counted. A shape for which too much would have to be read is not counted.
 */
import type { BlockPlace, BundleReader } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import { hitAt, hitLiteral, LiteralTable } from '../core/literal-table.ts';
import { probesOf, shapeOf } from '../correlate/shapes.ts';
import { BlockLines } from '../rules/block-lines.ts';

/** Text read for counting, half a second; lines that hold all texts of a shape are folded, 10 microseconds each. */
export const COUNT_BYTES_MAX = 16 * 1024 * 1024;

/** A shape as it is counted: messages of one shape in files of one role. */
export interface CountedShape {
  readonly shape: string;
  readonly role: string;
}

/** @param readers each once. @returns how often each shape stands in these bundles, in the order given; null for one that was not counted. */
export function countShapes(
  readers: readonly BundleReader[],
  shapes: readonly CountedShape[],
  checkCancelled: () => void,
): readonly (number | null)[] {
  const { counted, blocks } = affordable(placedShapes(readers, shapes, checkCancelled));
  const table = new LiteralTable(counted.map(({ probes }) => Buffer.from(probes[0] as string)));
  const counts = new Map(counted.map((one) => [one.key, 0]));
  for (const { reader, place, holds } of blocks) {
    checkCancelled();
    const role = reader.file(place.fileId)?.role ?? '';
    const lines = new BlockLines(reader.block(place));
    let shaped = -1;
    for (const hit of table.find(lines.bytes, holds)) {
      const line = lines.lineAt(hitAt(hit));
      if (line === shaped) continue;
      const text = lines.text(line) ?? '';
      if (counted[hitLiteral(hit)]?.probes.every((probe) => text.includes(probe)) !== true) continue;
      shaped = line;
      const key = keyOf({ role, shape: shapeOf(text) });
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
    }
  }
  return shapes.map((shape) => counts.get(keyOf(shape)) ?? null);
}

function keyOf({ role, shape }: CountedShape): string {
  return `${role} ${shape}`;
}

/** A shape, and where it may stand. */
interface PlacedShape {
  readonly key: string;
  readonly probes: readonly string[];
  readonly places: readonly (readonly [reader: BundleReader, place: BlockPlace])[];
  readonly bytes: number;
}

/** Each once, those for which the least has to be read first. */
function placedShapes(
  readers: readonly BundleReader[],
  shapes: readonly CountedShape[],
  checkCancelled: () => void,
): readonly PlacedShape[] {
  const known = new Map<string, PlacedShape>();
  const filesOf = new Map(readers.map((reader) => [reader, filesByRole(reader)]));
  for (const { shape, role } of shapes) {
    checkCancelled();
    const key = keyOf({ shape, role });
    const probes = probesOf(shape);
    if (probes.length === 0 || known.has(key)) continue;
    const wanted = { all: probes.map((probe) => Buffer.from(probe)) };
    const places = readers.flatMap((reader) =>
      reader.candidates(wanted, filesOf.get(reader)?.get(role) ?? new Set()).map((place) => [reader, place] as const),
    );
    known.set(key, { key, probes, places, bytes: places.reduce((sum, [, place]) => sum + place.bytes, 0) });
  }
  return [...known.values()].sort((one, two) => one.bytes - two.bytes || (one.key < two.key ? -1 : 1));
}

function filesByRole(reader: BundleReader): ReadonlyMap<string, ReadonlySet<FileId>> {
  const files = Map.groupBy(reader.files(), ({ role }) => role);
  return new Map([...files].map(([role, some]) => [role, new Set(some.map(({ id }) => id))]));
}

interface CountedBlock {
  readonly reader: BundleReader;
  readonly place: BlockPlace;
  /** Places of shapes that it may hold in the list of those that are counted, ascending. */
  readonly holds: number[];
}

/** As many as can be read; a block that several need is read once. */
function affordable(shapes: readonly PlacedShape[]): {
  readonly counted: readonly PlacedShape[];
  readonly blocks: Iterable<CountedBlock>;
} {
  const counted: PlacedShape[] = [];
  const blocks = new Map<BundleReader, Map<number, CountedBlock>>();
  let left = COUNT_BYTES_MAX;
  for (const shape of shapes) {
    const fresh = shape.places.filter(([reader, { id }]) => blocks.get(reader)?.has(id) !== true);
    const bytes = fresh.reduce((sum, [, place]) => sum + place.bytes, 0);
    if (bytes > left) continue;
    left -= bytes;
    for (const [reader, place] of shape.places) {
      const ofReader = blocks.get(reader) ?? new Map<number, CountedBlock>();
      blocks.set(reader, ofReader);
      const block = ofReader.get(place.id);
      if (block === undefined) ofReader.set(place.id, { reader, place, holds: [counted.length] });
      else block.holds.push(counted.length);
    }
    counted.push(shape);
  }
  return { counted, blocks: [...blocks.values()].flatMap((ofReader) => [...ofReader.values()]) };
}
