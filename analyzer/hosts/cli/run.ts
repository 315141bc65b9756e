/** The command line as a function: words in, exit code out. */
import { Command, CommanderError } from 'commander';
import { toFailure } from '../../core/failure.ts';
import { registerAnalyze } from './commands/analyze.ts';
import { registerBookmark } from './commands/bookmark.ts';
import { registerChains } from './commands/chains.ts';
import { registerCheck } from './commands/check.ts';
import { registerClock } from './commands/clock.ts';
import { registerCompare } from './commands/compare.ts';
import { registerCorrelate } from './commands/correlate.ts';
import { registerFiles } from './commands/files.ts';
import { registerFindings } from './commands/findings.ts';
import { registerImport } from './commands/import.ts';
import { registerNote, registerPin } from './commands/mark.ts';
import { registerRead } from './commands/read.ts';
import { registerReport } from './commands/report.ts';
import { registerRunbook, registerRunbooks } from './commands/runbooks.ts';
import { registerSearch } from './commands/search.ts';
import { registerServe } from './commands/serve.ts';
import { registerServices } from './commands/services.ts';
import { registerTimeline } from './commands/timeline.ts';
import { registerTrace } from './commands/trace.ts';
import { registerUnredact } from './commands/unredact.ts';
import { registerVerify } from './commands/verify.ts';
import { EXIT, type ExitCode, exitOf } from './exit.ts';
import { createOutput, type OutputOptions, writeFailure } from './output.ts';
import type { Registrar, RunCommand } from './registrar.ts';
import type { World } from './world.ts';

/** In the order of the help: from getting a bundle in to getting a report out. */
const COMMANDS: readonly Registrar[] = [
  registerImport,
  registerAnalyze,
  registerFindings,
  registerFiles,
  registerRead,
  registerSearch,
  registerTimeline,
  registerCorrelate,
  registerBookmark,
  registerClock,
  registerCompare,
  registerServices,
  registerTrace,
  registerChains,
  registerCheck,
  registerRunbooks,
  registerRunbook,
  registerPin,
  registerNote,
  registerReport,
  registerVerify,
  registerUnredact,
  registerServe,
];

const EXIT_CODES_HELP = `
Exit codes: 0 done; 1 internal error (a bug); 2 wrong usage, or no such, unreadable or empty target;
3 findings at or above --fail-on; 4 done, with gaps that matter;
5 a verified report does not stand as it was; 130 cancelled.`;

/**
 * Runs one command line.
 * @param words everything after the program's name, e.g. `['analyze', 'node.tar.gz', '--json']`.
 * @returns the exit code; never throws.
 */
export async function runCommandLine(words: readonly string[], world: World): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  // Commander writes as it goes; what it wrote is handed on in order before this function returns.
  const written: Promise<void>[] = [];
  const program = new Command('coldcase')
    .description("From a customer's Kubernetes node log archive to a defensible answer, offline.")
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', EXIT_CODES_HELP)
    .version(world.version(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void written.push(world.stdout.write(text)),
      writeErr: (text) => void written.push(world.stderr.write(text)),
      getOutHelpWidth: () => world.stdout.columns ?? 100,
      getErrHelpWidth: () => world.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(coldcase help shows every command)');
  const run: RunCommand = async (command, body) => {
    code = await body(world, createOutput(world, command.optsWithGlobals<OutputOptions>()));
  };
  for (const register of COMMANDS) register(program, run);
  try {
    await program.parseAsync(helpOfKnown(program, words), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else {
      const failure = toFailure(error);
      await writeFailure(world, failure);
      if (failure.code === 'internal' && (world.env.COLDCASE_DEBUG ?? '') !== '' && error instanceof Error) {
        await world.stderr.write(`${error.stack ?? ''}\n`);
      }
      code = exitOf(failure);
    }
  }
  await Promise.all(written);
  return code;
}

/** Of a command that is not known commander would show the help of all. */
function helpOfKnown(program: Command, words: readonly string[]): string[] {
  const [help, ...asked] = words;
  const isUnknown = asked.length > 0 && program.commands.every((command) => command.name() !== asked[0]);
  return help === 'help' && isUnknown ? asked : [...words];
}
