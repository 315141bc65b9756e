/** The command line as a process: streams, signals and folders on one side, `runCommandLine` on the other. */
import '../../core/plain-zod.ts';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail, ok } from '../../core/failure.ts';
import { packageFile } from '../../core/resources.ts';
import { endProcess } from '../../core/thread-end.ts';
import { warmWorker } from '../../jobs/worker-job.ts';
import { EXIT } from './exit.ts';
import { standardFolders } from './folders.ts';
import { writeFailure } from './output.ts';
import type { Sink, World } from './world.ts';

interface ProcessSink extends Sink {
  /** Why the stream could not be written, other than that nobody reads it; null when it could. */
  broken(): string | null;
}

function sinkOf(stream: NodeJS.WriteStream): ProcessSink {
  let gone = false;
  let broken: string | null = null;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    // A reader that has seen enough (`| head`) is no failure; a full disk behind a redirection is.
    if (error.code !== 'EPIPE') broken = error.code ?? error.message;
  });
  return {
    write: (text) => {
      if (gone || text.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        stream.write(text, () => resolve());
      });
    },
    kind: stream.isTTY ? 'terminal' : 'stream',
    get columns() {
      return stream.isTTY ? (stream.columns ?? null) : null;
    },
    closed: () => gone,
    broken: () => broken,
  };
}

function version(): string {
  const found: unknown = JSON.parse(readFileSync(packageFile(), 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'not known';
}

/** @returns the built renderer: under dist/ of the source tree, or beside the bundled engine, inside its asar if any. */
function builtRenderer(): string {
  const beside = path.dirname(packageFile());
  const fromSource = path.join(beside, 'dist', 'renderer');
  const fromBundle = path.join(beside, '..', 'renderer');
  const inAsar = fromBundle.replace(/app\.asar\.unpacked(?=[\\/])/, 'app.asar');
  return [fromSource, fromBundle, inAsar].find((folder) => existsSync(folder)) ?? fromSource;
}

/** An archive will be read: its thread loads on the second core while this one loads the commands. */
function foresee(words: readonly string[]): void {
  const [command, ...targets] = words;
  if (command !== 'analyze' && command !== 'import') return;
  const isArchive = (word: string): boolean => statSync(word, { throwIfNoEntry: false })?.isFile() === true;
  try {
    if (targets.some((word) => !word.startsWith('-') && isArchive(word))) warmWorker('ingest');
  } catch {
    // What is wrong with a path is told by the command that reads it.
  }
}

/** Runs the words of this process and sets its exit code. */
export async function main(): Promise<void> {
  const words = process.argv.slice(2);
  foresee(words);
  const interrupt = new AbortController();
  const atSuddenEnd: (() => void)[] = [];
  const onSignal = (): void => {
    if (interrupt.signal.aborted) {
      for (const action of atSuddenEnd) action();
      endProcess(EXIT.cancelled);
    }
    interrupt.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const folders = standardFolders(process.env, process.platform);
  const { runCommandLine } = await import('./run.ts');
  const stdout = sinkOf(process.stdout);
  const world: World = {
    stdout,
    stderr: sinkOf(process.stderr),
    env: process.env,
    workingFolder: process.cwd(),
    folders,
    version,
    // Imported on demand: `--version`, help and wrong usage start neither the engine nor SQLite.
    openEngine: async (ruleFolders = []) =>
      (await import('../../engine.ts')).createEngine({
        casesFolder: folders.cases,
        stateFolder: null,
        settingsFolder: folders.state,
        ruleFolders,
      }),
    isCaseFolder: async (folder) => (await import('../../store/case-store.ts')).isCaseFolder(folder),
    partialImports: async (folder) => (await import('../../store/case-store.ts')).partialImports(folder),
    serve: async (targets, port, log) => {
      const { serve } = await import('../web/serve.ts');
      const { whenParentEnds } = await import('../web/end-with-parent.ts');
      whenParentEnds(() => interrupt.abort());
      const rendererFolder = builtRenderer();
      const host = await serve({
        port,
        targets,
        log,
        casesFolder: folders.cases,
        stateFolder: folders.state,
        rendererFolder,
      });
      return host.ok
        ? ok(host.value)
        : fail(host.failure.code, host.failure.message, host.failure.where, host.failure.advice);
    },
    printPdf: async (html, note) =>
      (await import('../pdf/html-to-pdf.ts')).htmlToPdf(html, { env: process.env, signal: interrupt.signal, note }),
    interrupted: interrupt.signal,
    atSuddenEnd: (action) => atSuddenEnd.push(action),
  };
  const code = await runCommandLine(words, world);
  const broken = stdout.broken();
  if (broken !== null)
    await writeFailure(world, fail('disk', `The result could not be written (${broken}).`, 'stdout').failure);
  process.exitCode = broken !== null && code === EXIT.done ? EXIT.usage : code;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal);
  // A utility process of Electron does not end when nothing is left to do.
  if ('parentPort' in process) endProcess();
}
