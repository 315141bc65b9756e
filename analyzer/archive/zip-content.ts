/** The content of one member of a zip: unpacked, checked, and where it ends when only that is known behind it. */
import { crc32 } from 'node:zlib';
import { type Budget, type MeteredEnd, metered, PackedBytes } from './budget.ts';
import type { ByteReader } from './byte-reader.ts';
import { bunzip2 } from './codec-bzip2.ts';
import { inflateRaw } from './codec-gzip.ts';
import { unxz } from './codec-xz.ts';
import { unzstd } from './codec-zstd.ts';
import { remembered } from './remembered.ts';
import type { Unpacker } from './unpacker.ts';
import { DESCRIPTOR, type ZipEntry, type ZipSizes } from './zip-records.ts';

const STORED = 0;
const DEFLATED = 8;
/** Numbers of APPNOTE 4.4.5. */
const OTHER_METHODS: ReadonlyMap<number, Unpacker> = new Map([
  [12, bunzip2],
  [93, unzstd],
  [95, unxz],
]);

export function isOpened(entry: ZipEntry): boolean {
  return (
    entry.method === STORED || entry.method === DEFLATED || (OTHER_METHODS.has(entry.method) && entry.sizes !== null)
  );
}

export interface ContentEnd {
  readonly end: MeteredEnd;
  readonly crc: number;
  readonly size: number;
  /** What the header or the descriptor states; null when neither was found. */
  readonly stated: ZipSizes | null;
}

/** @param reader stands at the content. @returns its bytes; afterwards the reader stands behind its descriptor. */
export async function* zipContent(
  entry: ZipEntry,
  reader: ByteReader,
  budget: Budget,
): AsyncGenerator<Uint8Array, ContentEnd> {
  let crc = 0;
  let size = 0;
  const from = reader.offset;
  const content = entry.sizes === null ? openEnded(entry, reader, budget) : sized(entry, entry.sizes, reader, budget);
  for (;;) {
    const step = await content.next();
    if (step.done) {
      const stated = entry.sizes ?? (await readDescriptor(entry, reader, reader.offset - from, size));
      return { end: step.value, crc, size, stated };
    }
    crc = crc32(step.value, crc);
    size += step.value.length;
    yield step.value;
  }
}

async function* sized(
  entry: ZipEntry,
  sizes: ZipSizes,
  reader: ByteReader,
  budget: Budget,
): AsyncGenerator<Uint8Array, MeteredEnd> {
  const packed = new PackedBytes(budget);
  const input = packed.through(reader.take(sizes.packed));
  if (entry.method === STORED) {
    yield* input;
    return packed.count < sizes.packed ? { damage: { kind: 'truncated', byte: packed.count } } : { damage: null };
  }
  const other = OTHER_METHODS.get(entry.method);
  const kept = remembered(input);
  const unpacked =
    other === undefined ? inflateRaw(kept.bytes, sizes.packed, kept.again, () => undefined) : other(input);
  const end = yield* metered(unpacked, packed, budget);
  await reader.skip(sizes.packed - packed.count);
  return end;
}

/** deflate knows itself where it ends; stored bytes end where a descriptor follows that states their number. */
async function* openEnded(entry: ZipEntry, reader: ByteReader, budget: Budget): AsyncGenerator<Uint8Array, MeteredEnd> {
  if (entry.method === STORED) return yield* untilDescriptor(reader);
  const packed = new PackedBytes(budget);
  const lent = reader.lend();
  const kept = remembered(packed.through(lent.pieces));
  const unpacked = inflateRaw(kept.bytes, null, kept.again, lent.settle);
  const end = yield* metered(unpacked, packed, budget);
  if (end.damage?.kind === 'corrupt') lent.settle(end.damage.byte);
  return end;
}

const SIGNATURE = Buffer.alloc(4);
SIGNATURE.writeUInt32LE(DESCRIPTOR);
const LONG_DESCRIPTOR_BYTES = 24;
const WINDOW = 256 * 1024;

async function* untilDescriptor(reader: ByteReader): AsyncGenerator<Uint8Array, MeteredEnd> {
  const from = reader.offset;
  for (;;) {
    const window = await reader.peek(WINDOW);
    const given = reader.offset - from;
    for (let at = window.indexOf(SIGNATURE); at >= 0; at = window.indexOf(SIGNATURE, at + 1)) {
      if (descriptorAt(window.subarray(at), given + at, given + at) === null) continue;
      yield* reader.take(at);
      return { damage: null };
    }
    if (window.length < WINDOW) {
      // The bytes may end in the middle of a descriptor.
      const tail = window.indexOf(SIGNATURE, Math.max(0, window.length - LONG_DESCRIPTOR_BYTES));
      yield* reader.take(tail === -1 ? window.length : tail);
      await reader.skip(LONG_DESCRIPTOR_BYTES);
      return { damage: { kind: 'truncated', byte: reader.offset - from } };
    }
    // A descriptor may begin in the last bytes of the window.
    yield* reader.take(window.length - LONG_DESCRIPTOR_BYTES);
  }
}

async function readDescriptor(
  entry: ZipEntry,
  reader: ByteReader,
  packed: number,
  size: number,
): Promise<ZipSizes | null> {
  if (entry.descriptor === null) return null;
  const found = descriptorAt(await reader.peek(LONG_DESCRIPTOR_BYTES), packed, size);
  if (found !== null) await reader.skip(found.bytes);
  return found?.sizes ?? null;
}

/** The signature is optional, and writers disagree when lengths have 64 bits: the one that states the lengths is it. */
function descriptorAt(
  bytes: Buffer,
  packed: number,
  size: number,
): { readonly sizes: ZipSizes; readonly bytes: number } | null {
  const signed = bytes.length >= 4 && bytes.readUInt32LE(0) === DESCRIPTOR ? [4, 0] : [0];
  for (const start of signed) {
    for (const wide of [4, 8]) {
      const end = start + 4 + 2 * wide;
      if (end > bytes.length) continue;
      const low = (at: number) => bytes.readUInt32LE(at);
      const high = (at: number) => (wide === 8 ? bytes.readUInt32LE(at + 4) * 2 ** 32 : 0);
      const at = start + 4;
      if (low(at) + high(at) !== packed || low(at + wide) + high(at + wide) !== size) continue;
      return { sizes: { crc: low(start), packed, size }, bytes: end };
    }
  }
  return null;
}
