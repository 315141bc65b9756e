/** Memory of text that was read and is not looked at again. */

/**
 * Frees bytes at once; whoever still holds them has none. V8 looks for what is not used any more only after 64 MB of it, in
 * each thread, and goes through the whole heap to find it: a third of the processor time of a search.
 * Small buffers share the memory of a pool, of which each takes less than half (Buffer.allocUnsafe): they are left to V8.
 * @param bytes of which nobody else uses the memory.
 */
export function giveBack({ buffer, byteLength }: ArrayBufferView): void {
  if (2 * byteLength >= buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
