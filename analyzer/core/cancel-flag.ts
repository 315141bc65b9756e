/**
 * Whether a job was cancelled, shared by all threads that work on it, so that busy synchronous code sees it too. Work
 * that becomes visible in one step asks before it: then either the cancelling was in time or the step is done, never both.
 */
import { FailureError, fail } from './failure.ts';

/** One Int32. */
export type CancelFlag = SharedArrayBuffer;

const RUNNING = 0;
const CANCELLED = 1;
const TOO_LATE = 2;

export function newCancelFlag(): CancelFlag {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** @returns `too-late` when the work has taken its last step already: it ends by itself, and is done. */
export function cancel(flag: CancelFlag): 'cancelled' | 'too-late' {
  return Atomics.compareExchange(new Int32Array(flag), 0, RUNNING, CANCELLED) === TOO_LATE ? 'too-late' : 'cancelled';
}

export function isCancelled(flag: CancelFlag): boolean {
  return Atomics.load(new Int32Array(flag), 0) === CANCELLED;
}

/** To be called before the step that cannot be taken back. @throws FailureError `cancelled`, if it was. */
export function takeLastStep(flag: CancelFlag): void {
  const before = Atomics.compareExchange(new Int32Array(flag), 0, RUNNING, TOO_LATE);
  if (before === CANCELLED) throw new FailureError(fail('cancelled', 'cancelled').failure);
}
