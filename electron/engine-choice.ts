/** Which process the engine runs in, and where its files are. Pure. */
import path from 'node:path';

/** better-sqlite3 13 is built against Node-API 10 and ends older runtimes with a segmentation fault. */
const NODE_API_NEEDED = 10;

export type ProcessKind = 'utility' | 'node';

/**
 * @param runtime `napi`: the Node-API version of this Electron, e.g. '10'.
 * @returns 'utility' for Electron's utility process; 'node' for a child process of Node 24, where the application
 *   runs from source in an Electron that is too old. A package carries no Node and always takes the utility process.
 */
export function processKind(runtime: {
  readonly napi: string | undefined;
  readonly delivery: 'packaged' | 'source';
}): ProcessKind {
  if (runtime.delivery === 'packaged') return 'utility';
  return Number(runtime.napi ?? 0) >= NODE_API_NEEDED ? 'utility' : 'node';
}

/** @returns the bundled file of the engine. Processes cannot be started from inside an asar, hence the unpacked copy. */
export function engineFile(appFolder: string, name: 'engine-process' | 'cli'): string {
  return path.join(appFolder.replace(/app\.asar$/, 'app.asar.unpacked'), 'dist', 'engine', `${name}.cjs`);
}

/** @returns where the Node 24 of the project's own dependencies may be, most specific first. */
export function nodeCandidates(appFolder: string, platform: NodeJS.Platform, arch: string): readonly string[] {
  const system = platform === 'win32' ? 'win' : platform;
  const binary = platform === 'win32' ? 'node.exe' : 'node';
  return [path.join(appFolder, 'node_modules', `node-${system}-${arch}`, 'bin', binary)];
}
