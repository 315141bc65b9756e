/**
 * Memory of unpacked bytes, freed when all of it was used. A decompressor hands out a megabyte at a time, outside V8's heap: V8
 * finds out that it is not used any more only by going through the heap again and again.
 */

/** Of memory that was lent, the bytes that somebody may still look at. */
const inUse = new WeakMap<ArrayBufferLike, number>();

/** @param piece of memory that only those look at who get a piece of it, and that is handed out whole, piece by piece: never of Node's pool. */
export function lend(piece: Uint8Array): void {
  if (!inUse.has(piece.buffer)) inUse.set(piece.buffer, piece.buffer.byteLength);
}

/** Says once of a piece that nobody looks at it any more. The memory of the last piece is gone then; of what was not lent nothing is. */
export function release({ buffer, byteLength }: Uint8Array): void {
  const known = inUse.get(buffer);
  if (known === undefined) return;
  if (known > byteLength) inUse.set(buffer, known - byteLength);
  else if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
