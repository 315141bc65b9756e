/** How a command adds itself to the program. */
import type { Command } from 'commander';
import type { ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import type { World } from './world.ts';

/** Runs the body of a command; its exit code becomes that of the process. */
export type RunCommand = (command: Command, body: (world: World, output: Output) => Promise<ExitCode>) => Promise<void>;
/** Adds one command. */
export type Registrar = (program: Command, run: RunCommand) => void;
