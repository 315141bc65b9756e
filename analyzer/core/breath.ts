/** Long work on a thread that has others to answer. */
import { setImmediate } from 'node:timers/promises';

/** What a person does not notice. */
const STRETCH_MS = 15;

/** Lets a thread do what waits for it, when it has worked for a while: `await breath.taken()` in every turn of a loop. */
export class Breath {
  #since = performance.now();

  async taken(): Promise<void> {
    if (performance.now() - this.#since < STRETCH_MS) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
