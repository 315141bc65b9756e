/** Everything the command line touches outside itself, so that tests can stand in for it. */
import type { Engine } from '../../contract/engine-api.ts';
import type { Result } from '../../core/failure.ts';
import type { Folders } from './folders.ts';

/** One of the two output streams. */
export interface Sink {
  /** Resolves when more may be written. A reader that went away is no error: what is written is dropped. */
  write(text: string | Uint8Array): Promise<void>;
  readonly kind: 'terminal' | 'stream';
  /** Width of the terminal, null when it is none. */
  readonly columns: number | null;
  /** True once the reader has gone away (`| head`). */
  closed(): boolean;
}

/** A running web host. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

export interface World {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly workingFolder: string;
  readonly folders: Folders;
  readonly version: () => string;
  /**
   * Starts an engine in this process that keeps no list of recent cases.
   * @param ruleFolders absolute paths of folders with rules, beside those of the settings.
   */
  readonly openEngine: (ruleFolders?: readonly string[]) => Promise<Engine>;
  readonly isCaseFolder: (folder: string) => Promise<boolean>;
  /** Names of the files that imports into this case are writing, or were when they were killed. */
  readonly partialImports: (folder: string) => Promise<readonly string[]>;
  readonly serve: (targets: readonly string[], port: number, log: (line: string) => void) => Promise<Result<Served>>;
  /** Prints a report as PDF with a browser of this machine. @param note what belongs beside the result. */
  readonly printPdf: (html: string, note: (sentence: string) => void) => Promise<Result<Uint8Array>>;
  /** Aborted by Ctrl-C or a request to terminate. */
  readonly interrupted: AbortSignal;
  /** What must happen even when a second Ctrl-C ends the process at once; synchronous. */
  readonly atSuddenEnd: (action: () => void) => void;
}
