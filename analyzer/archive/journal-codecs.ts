/**
 * What journald compresses its objects with, one object at a time: synchronous, limited, null for damage.
 * Source: systemd, src/basic/compress.c.
 */
import { constants, zstdDecompressSync } from 'node:zlib';
import { unstopped } from '../core/thread-end.ts';
import { decodeWhole } from './byte-feed.ts';
import { decodeXz } from './codec-xz.ts';
import { unpackLz4Block } from './lz4-block.ts';

/** compress_blob_xz: one .xz stream without check. @returns null when it is damaged or unpacks to more than `maxBytes`. */
export function xzObject(bytes: Uint8Array, maxBytes: number): Uint8Array | null {
  return decodeWhole(bytes, maxBytes, decodeXz);
}

/** compress_blob_lz4: the unpacked size as a little-endian u64, then one raw block. @returns null as `xzObject` does. */
export function lz4Object(bytes: Uint8Array, maxBytes: number): Uint8Array | null {
  if (bytes.length < 9) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  // No block unpacks to more than 255 times its size: a size that lies must not make us take its memory.
  if (size > maxBytes || size > bytes.length * 255) return null;
  const unpacked = new Uint8Array(size);
  const end = unpackLz4Block(bytes, 8, bytes.length, unpacked, 0, size);
  return end.whole && end.to === size ? unpacked : null;
}

/** compress_blob_zstd: one zstd frame. @returns null as `xzObject` does. */
export function zstdObject(bytes: Uint8Array, maxBytes: number): Uint8Array | null {
  try {
    // The window of an object's frame is as large as the object at most.
    const params = { [constants.ZSTD_d_windowLogMax]: 27 };
    return unstopped(() => zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, maxBytes), params }));
  } catch {
    return null;
  }
}
