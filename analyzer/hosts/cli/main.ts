/** Entry of the command line: the process on one side, `runCommandLine` on the other. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fail, ok } from '../../core/failure.ts';
import { packageFile } from '../../core/resources.ts';
import { EXIT } from './exit.ts';
import { standardFolders } from './folders.ts';
import { runCommandLine } from './run.ts';
import type { Sink, World } from './world.ts';

function sinkOf(stream: NodeJS.WriteStream): Sink {
  let gone = false;
  stream.on('error', () => {
    // The reader went away (`| head`), or the disk behind a redirection is full: nothing more can be said there.
    gone = true;
  });
  return {
    write: (text) => {
      if (gone || text === '') return Promise.resolve();
      return new Promise((resolve) => {
        stream.write(text, () => resolve());
      });
    },
    kind: stream.isTTY ? 'terminal' : 'stream',
    get columns() {
      return stream.isTTY ? (stream.columns ?? null) : null;
    },
    closed: () => gone,
  };
}

function version(): string {
  const found: unknown = JSON.parse(readFileSync(packageFile(), 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'not known';
}

async function main(): Promise<void> {
  const interrupt = new AbortController();
  const atSuddenEnd: (() => void)[] = [];
  const onSignal = (): void => {
    if (interrupt.signal.aborted) {
      for (const action of atSuddenEnd) action();
      process.exit(EXIT.cancelled);
    }
    interrupt.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const folders = standardFolders(process.env, process.platform);
  const world: World = {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    env: process.env,
    workingFolder: process.cwd(),
    folders,
    version,
    // Imported on demand: `--version`, help and wrong usage start neither the engine nor SQLite.
    openEngine: async () =>
      (await import('../../engine.ts')).createEngine({ casesFolder: folders.cases, stateFolder: null }),
    isCaseFolder: async (folder) => (await import('../../store/case-store.ts')).isCaseFolder(folder),
    serve: async (targets, port, log) => {
      const { serve } = await import('../web/serve.ts');
      const { whenParentEnds } = await import('../web/end-with-parent.ts');
      whenParentEnds(() => interrupt.abort());
      const rendererFolder = path.join(path.dirname(packageFile()), 'dist', 'renderer');
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
    interrupted: interrupt.signal,
    atSuddenEnd: (action) => atSuddenEnd.push(action),
  };
  process.exitCode = await runCommandLine(process.argv.slice(2), world);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal);
}

void main();
