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

/**
 * V8 compiles what reads bytes in the belief that no buffer of its thread ever loses them, and throws all of that code away at the
 * first one that does (the "array buffer detaching" protector; `--trace-deopt` says "dependent property cell changed").
 * A thread that loads this file will do so: better before anything was compiled than in the middle of the first megabytes
 * (import of 256 MB: wall time 0.93, processor time 0.95).
 */
new ArrayBuffer(1).transfer(0);
