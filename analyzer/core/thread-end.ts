/**
 * Ending threads and the process from outside. Node aborts the whole process when a thread is stopped between making a zlib
 * object and initialising it (`Assertion failed: init_done_ && "close before init"`, node_zlib.cc; seen with 24.21, one in
 * eight of stopped threads that pack blocks). So zlib is used in turns that nobody is stopped in: a thread takes a turn,
 * and who stops one waits until no turn is taken.
 */
import { getEnvironmentData, isMainThread, setEnvironmentData, type Worker } from 'node:worker_threads';

const KEY = 'coldcase: turns';
const TAKEN = 0;
const STOPPING = 1;
/** A turn lasts some milliseconds. Whoever holds one longer may be in trouble, and is stopped all the same. */
const TURN_MS_MAX = 250;

/** Two Int32 shared by all threads of the process: turns taken, and threads being stopped. */
const turns = new Int32Array(sharedTurns());

function sharedTurns(): SharedArrayBuffer {
  const shared: unknown = getEnvironmentData(KEY);
  if (shared instanceof SharedArrayBuffer) return shared;
  const made = new SharedArrayBuffer(8);
  if (isMainThread) setEnvironmentData(KEY, made);
  return made;
}

/** Who waits for a turn longer than this takes it: a thread that stopped another may have been stopped itself meanwhile. */
const STOPPING_MS_MAX = 1_000;

/** Runs work that makes zlib objects. @returns what it returns. @throws what it throws. */
export function unstopped<T>(work: () => T): T {
  // Nobody stops the main thread; and whom it stops ends by its event loop, which must not wait here.
  if (isMainThread) return work();
  for (;;) {
    Atomics.add(turns, TAKEN, 1);
    const stopping = Atomics.load(turns, STOPPING);
    if (stopping === 0) break;
    Atomics.sub(turns, TAKEN, 1);
    if (Atomics.wait(turns, STOPPING, stopping, STOPPING_MS_MAX) !== 'timed-out') continue;
    Atomics.add(turns, TAKEN, 1);
    break;
  }
  try {
    return work();
  } finally {
    Atomics.sub(turns, TAKEN, 1);
  }
}

/** Stops a thread, whatever it does. @returns once it has ended. */
export async function endThread(worker: Pick<Worker, 'terminate'>): Promise<void> {
  stopTurns();
  try {
    const ended = worker.terminate();
    // Threads that it has started are stopped after it. Only the main thread can be sure to let go again afterwards.
    if (isMainThread) await ended;
    return ended.then(() => undefined);
  } finally {
    letTurnsGo();
  }
}

/** `process.exit`, also while threads are at work. */
export function endProcess(code?: number): never {
  stopTurns();
  return process.exit(code);
}

/** From here on no turn is taken; those that were are over. */
function stopTurns(): void {
  Atomics.add(turns, STOPPING, 1);
  const deadline = Date.now() + TURN_MS_MAX;
  while (Atomics.load(turns, TAKEN) > 0 && Date.now() < deadline);
}

function letTurnsGo(): void {
  Atomics.sub(turns, STOPPING, 1);
  Atomics.notify(turns, STOPPING);
}
