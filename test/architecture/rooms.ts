/** The dependency rules of the project as data, and the function that finds what breaks them. */
import { codeOnly, type Import, isTest, type SourceText } from './source-files.ts';

/** A room of analyzer/ and the rooms it may import. Rooms that compose the others are listed as `*`. */
export const ROOMS: Readonly<Record<string, readonly string[] | '*'>> = {
  core: [],
  contract: ['core'],
  parsers: ['core'],
  netfilter: ['core'],
  time: ['core'],
  formats: ['core'],
  query: ['core'],
  search: ['core', 'query', 'formats', 'time'],
  archive: ['core', 'formats'],
  layouts: ['core', 'formats', 'time'],
  facts: ['core', 'parsers', 'netfilter', 'time'],
  analyzers: ['core', 'facts', 'netfilter'],
  rules: ['core', 'facts', 'time'],
  runbooks: ['core', 'query'],
  correlate: ['core', 'time', 'rules'],
  compare: ['core', 'facts', 'netfilter', 'time'],
  report: ['core', 'contract', 'facts'],
  store: ['core', 'query', 'formats', 'time'],
  jobs: '*',
  workers: ['core', 'jobs', 'store'],
  hosts: '*',
};

const THREAD_END = 'analyzer/core/thread-end.ts';
const NETWORK = /^(?:node:)?(?:http|https|http2|net|tls|dns|dgram)(?:\/|$)/;
const NETWORK_GLOBALS = /\b(?:fetch|XMLHttpRequest|WebSocket|EventSource)\s*\(|\bsendBeacon\b/;

/** @returns one sentence for each broken rule. */
export function brokenRules(sources: readonly SourceText[]): readonly string[] {
  return sources
    .filter((source) => !isTest(source.path))
    .flatMap((source) => [...importsOf(source), ...codeOf(source)]);
}

function importsOf(source: SourceText): readonly string[] {
  return source.imports.flatMap((one) => {
    const because = one.target === null ? packageRule(source.path, one) : roomRule(source.path, one.target);
    return because === null ? [] : [`${source.path} imports ${one.specifier}: ${because}`];
  });
}

function roomRule(from: string, to: string): string | null {
  const [top, room] = from.split('/') as [string, string];
  const [toTop, toRoom] = to.split('/') as [string, string];
  if (top === 'analyzer') {
    if (toTop !== 'analyzer') return 'the engine knows nothing outside analyzer/';
    if (from === 'analyzer/engine.ts') return null;
    if (to === 'analyzer/engine.ts') return room === 'hosts' ? null : 'only hosts start the engine';
    const allowed = ROOMS[room];
    if (allowed === undefined) return `analyzer/${room} is no room`;
    if (allowed === '*' || toRoom === room || allowed.includes(toRoom)) return null;
    return `${room} may import ${allowed.join(', ') || 'nothing of ours'}`;
  }
  if (top === 'renderer') {
    if (toTop === 'renderer') return null;
    if (toTop === 'analyzer' && ['contract', 'core', 'query'].includes(toRoom)) return null;
    return 'the renderer knows the contract, the vocabulary and the query language only';
  }
  if (top === 'electron') {
    if (toTop === 'electron') return null;
    if (from.startsWith('electron/tools/'))
      return toTop === 'renderer' ? 'tools build the renderer, they do not import it' : null;
    if (toTop === 'analyzer' && ['contract', 'core', 'hosts'].includes(toRoom)) return null;
    return 'the shell knows the contract and the engine process only';
  }
  return null;
}

function packageRule(from: string, { specifier, kind }: Import): string | null {
  if (specifier === 'electron' && !from.startsWith('electron/')) return 'only electron/ imports electron';
  if (specifier === 'better-sqlite3') {
    if (!from.startsWith('analyzer/store/')) return 'only store/ imports better-sqlite3';
    if (kind === 'value' && from !== 'analyzer/store/sqlite.ts' && !/\.test\.ts$/.test(from))
      return 'connections are made by store/sqlite.ts, which loads the addon where no thread is stopped';
  }
  if (NETWORK.test(specifier) && !from.startsWith('analyzer/hosts/web/'))
    return 'only the web host imports network modules';
  const zlib = /^(?:node:)?zlib$/.test(specifier);
  if (zlib && from.startsWith('analyzer/') && !/^analyzer\/(archive|store|report)\//.test(from)) {
    return 'archives are unpacked in archive/, blocks in store/';
  }
  const node = specifier.startsWith('node:');
  if (node && kind === 'value' && from.startsWith('renderer/') && from !== 'renderer/vite.config.ts')
    return 'the renderer has no Node';
  return null;
}

function codeOf(source: SourceText): readonly string[] {
  const code = codeOnly(source.text);
  const found: string[] = [];
  const ours = /^(analyzer|electron|renderer)\//.test(source.path);
  if (ours && /\bWebAssembly\b|\.wasm\b/.test(code)) found.push(`${source.path}: no WebAssembly anywhere`);
  const web = source.path.startsWith('analyzer/hosts/web/') || source.path.startsWith('renderer/bridge/web/');
  if (ours && !web && !source.path.startsWith('electron/tools/') && NETWORK_GLOBALS.test(code)) {
    found.push(`${source.path}: network calls belong to hosts/web and renderer/bridge/web`);
  }
  if (
    source.path.startsWith('analyzer/') &&
    source.path !== 'analyzer/core/resources.ts' &&
    /\bimport\.meta\b/.test(code)
  ) {
    found.push(`${source.path}: import.meta belongs to core/resources.ts`);
  }
  if (source.path.startsWith('analyzer/') && source.path !== THREAD_END) {
    if (/\.terminate\(|\bprocess\.exit\(/.test(code))
      found.push(`${source.path}: threads and processes are ended by ${THREAD_END}`);
    const calls = code.match(
      /\b(?:zstd(?:Dec|C)ompressSync|(?:gunzip|inflate|gzip|deflate)\w*Sync|create(?:Gunzip|Inflate|Zstd)\w*)\(/g,
    );
    const turns = code.match(/\bunstopped\(/g);
    if ((calls?.length ?? 0) > (turns?.length ?? 0))
      found.push(`${source.path}: zlib objects are made in turns: unstopped(...)`);
  }
  // `import { z }` brings the whole library into every bundle, 400 KB of messages in 50 languages included.
  if (ours && /^import (?:type )?\{[^}]*\} from 'zod'/m.test(code))
    found.push(`${source.path}: zod is imported as a whole: import * as z from 'zod'`);
  if (ours && /^export default\b/m.test(code) && source.path !== 'renderer/vite.config.ts')
    found.push(`${source.path}: no default exports`);
  return found;
}

/** @returns one import cycle of run-time imports as a list of files, or null. */
export function findCycle(sources: readonly SourceText[]): readonly string[] | null {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const visit = (file: string): readonly string[] | null => {
    if (state.get(file) === 'done') return null;
    if (state.get(file) === 'open') return [...trail.slice(trail.indexOf(file)), file];
    state.set(file, 'open');
    trail.push(file);
    for (const one of byPath.get(file)?.imports ?? []) {
      if (one.target === null || !byPath.has(one.target)) continue;
      const cycle = visit(one.target);
      if (cycle !== null) return cycle;
    }
    trail.pop();
    state.set(file, 'done');
    return null;
  };
  for (const source of sources) {
    const cycle = visit(source.path);
    if (cycle !== null) return cycle;
  }
  return null;
}
