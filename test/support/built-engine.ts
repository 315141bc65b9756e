/** In every integration test: the engine's workers and data are those of the build, the engine itself is the source. */
import path from 'node:path';
import { runBuilt } from '../../analyzer/core/resources.ts';

runBuilt(path.join(import.meta.dirname, '..', '..', 'dist', 'engine'));
