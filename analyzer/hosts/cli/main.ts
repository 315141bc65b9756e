/**
 * Entry of the command line. Small, because Node keeps compiled code only of files that are loaded after it was told
 * where: everything else is loaded from here.
 */
import module from 'node:module';
import { standardFolders } from './folders.ts';

/**
 * Node keeps what it compiled of our sources in the cache folder: halves the time to start, here and in the workers,
 * which find the folder by the variable. It holds code only, nothing of any case.
 */
function keepCompiledCode(cacheFolder: string): void {
  if (process.versions.electron !== undefined || typeof module.enableCompileCache !== 'function') return;
  const folder = `${cacheFolder}/compiled`;
  module.enableCompileCache(folder);
  process.env.NODE_COMPILE_CACHE ??= folder;
}

keepCompiledCode(standardFolders(process.env, process.platform).cache);
void import('./program.ts').then(({ main }) => main());
