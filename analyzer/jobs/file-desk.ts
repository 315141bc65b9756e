/** The engine's answers about single files and their lines, and about links to them. */
import type { MethodArguments, MethodName, MethodOutput } from '../contract/contract.ts';
import { Breath } from '../core/breath.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { type LineLink, parseLink } from '../core/deep-link.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { BundleId, CaseId } from '../core/ids.ts';
import { didYouMean } from '../core/nearest.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRef } from './bundle-ref.ts';
import { citedLines, isCitedAtOnce } from './cited-lines.ts';
import { fileSpans } from './file-spans.ts';
import type { FileTask } from './file-task.ts';
import { lineHash } from './find-line.ts';
import { lineAt } from './line-at.ts';
import { runInWorker } from './worker-job.ts';

type FileMethod = Extract<
  MethodName,
  'file.lineAt' | 'file.spans' | 'file.bytes' | 'file.parsed' | 'file.cite' | 'link.follow'
>;
export type FileHandlers = {
  readonly [M in FileMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

/** A file of a bundle of an open case. */
export interface FoundFile {
  readonly store: CaseStore;
  readonly reader: BundleReader;
  readonly file: SourceFile;
}

interface InFile {
  readonly caseId: CaseId;
  readonly bundle: BundleId;
  readonly file: string;
}

/** Paths that are compared with one that is not there, letter by letter: a fifth of a second; archives hold 200,000. */
const COMPARED_PATHS_MAX = 3_000;

export interface FileDesk {
  readonly handlers: FileHandlers;
  /** Ends what is still read, and waits for it. */
  close(): Promise<void>;
}

/** Runs a task in a worker of its own. */
type RunFileTask = <T>(task: FileTask) => Promise<Result<T>>;

/** @param caseAt opens a case. */
export function fileDesk(caseAt: (id: CaseId) => Result<CaseStore>): FileDesk {
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const run: RunFileTask = <T>(task: FileTask) => {
    const result = runInWorker<FileTask, T>('files', task, { signal: closing.signal });
    running.add(result);
    void result.finally(() => running.delete(result));
    return result;
  };
  return {
    handlers: fileHandlers(caseAt, run),
    close: async () => {
      closing.abort();
      await Promise.all(running);
    },
  };
}

function fileHandlers(caseAt: (id: CaseId) => Result<CaseStore>, run: RunFileTask): FileHandlers {
  const anyFile = (input: InFile): Result<FoundFile> => {
    const store = caseAt(input.caseId);
    return store.ok ? findFile(store.value, input) : store;
  };
  const textFile = (input: InFile): Result<FoundFile> => {
    const found = anyFile(input);
    if (!found.ok || found.value.file.format !== 'binary') return found;
    return fail('not-found', `${input.file} is binary: it has no lines`, input.file);
  };
  return {
    'file.lineAt': async (input) => {
      const time = instantOf(input.time);
      if (time === null) {
        return fail('wrong-usage', 'This is no time.', input.time, 'Give it as 2024-05-01T12:03:05Z.');
      }
      const found = textFile(input);
      return found.ok ? ok(await lineAt(found.value.reader, found.value.file, time)) : found;
    },
    'file.spans': async ({ caseId }) => {
      const store = caseAt(caseId);
      if (!store.ok) return store;
      const breath = new Breath();
      const answer: MethodOutput<'file.spans'>[number][] = [];
      for (const reader of store.value.bundles()) {
        for (const file of reader.files()) {
          const spans = fileSpans(reader, file);
          if (spans.length > 0) answer.push({ bundle: reader.bundle.id, file: file.path, spans });
          await breath.taken();
        }
      }
      return ok(answer);
    },
    'file.bytes': async (input) => {
      const found = anyFile(input);
      if (!found.ok) return found;
      const { size, bytes } = found.value.reader.bytes(found.value.file.id, input.from, input.count);
      const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
      return ok({ size, from: input.from, base64 });
    },
    'file.parsed': async (input) => {
      const found = textFile(input);
      if (!found.ok) return found;
      const { parsedMessages } = await import('./parsed-messages.ts');
      return ok(await parsedMessages(found.value.reader, found.value.file, input.from, input.count));
    },
    'file.cite': async (input) => {
      const found = textFile(input);
      if (!found.ok) return found;
      const { store, reader, file } = found.value;
      const { line } = input;
      const endLine = Math.min(input.endLine, file.lines);
      if (line > input.endLine) return fail('wrong-usage', 'The last line stands before the first one.');
      if (line > file.lines) return fail('not-found', `${file.path} has ${file.lines} lines`, `line ${line}`);
      if (isCitedAtOnce(reader, file.id, line, endLine)) return ok(citedLines(reader, file, line, endLine));
      const task: FileTask = { bundle: bundleRef(store, reader), fileId: file.id, what: 'cite', line, endLine };
      return run(task);
    },
    'link.follow': async ({ caseId, link }) => {
      const parsed = parseLink(link);
      if (!parsed.ok) return parsed;
      const store = caseAt(caseId);
      return store.ok ? followed(store.value, parsed.value, run) : store;
    },
  };
}

/** Fails with `not-found` and the nearest names. */
export function findFile(store: CaseStore, { bundle, file }: Omit<InFile, 'caseId'>): Result<FoundFile> {
  const reader = store.bundle(bundle);
  if (reader === null) return fail('not-found', 'no such bundle in this case', bundle);
  const source = reader.fileByPath(file);
  if (source !== null) return ok({ store, reader, file: source });
  const paths = reader.files().map((one) => one.path);
  const advice = paths.length <= COMPARED_PATHS_MAX ? didYouMean(file, paths) : null;
  return fail('not-found', `no file ${file} in this bundle`, file, advice);
}

/** The bundle must be the one of the link: the same line in another archive is another piece of evidence. */
async function followed(
  store: CaseStore,
  link: LineLink,
  run: RunFileTask,
): Promise<Result<MethodOutput<'link.follow'>>> {
  if (store.bundle(link.bundle) === null) {
    const advice = `Import the archive with the sha256 ${link.bundle} into this case, or open the case that holds it.`;
    return fail('not-found', 'The archive of this link is not in this case.', link.bundle, advice);
  }
  const found = findFile(store, link);
  if (!found.ok) return found;
  const { reader, file } = found.value;
  const at = { bundle: link.bundle, file: file.path };
  if (file.format === 'binary') return fail('not-found', `${file.path} is binary: it has no lines`, file.path);
  if (lineHash(reader, file.id, link.line)?.startsWith(link.sha256) === true) {
    return ok({ ...at, line: link.line, found: 'same' });
  }
  const task: FileTask = { bundle: bundleRef(store, reader), fileId: file.id, what: 'find-line', link };
  const line = await run<number | null>(task);
  if (!line.ok) return line;
  if (line.value !== null) return ok({ ...at, line: line.value, found: 'moved' });
  return ok({ ...at, line: Math.max(1, Math.min(link.line, file.lines)), found: 'changed' });
}

/** ISO 8601 with a time of day or without; without a zone it is UTC. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/** @returns ms since 1970, null when it is no time. */
function instantOf(text: string): number | null {
  const [, day, clock, zone] = ISO.exec(text.trim()) ?? [];
  if (day === undefined) return null;
  const time = Date.parse(`${day}T${clock ?? '00:00'}${(zone ?? 'Z').replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(time) ? null : time;
}
