/** Before the integration tests: the engine as it is shipped, built once when it has changed. */
import { build } from '../../electron/tools/build.ts';

export async function setup(): Promise<void> {
  await build({ parts: ['engine'] });
}
