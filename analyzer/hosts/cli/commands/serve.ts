/** `coldcase serve [<target>...]`: the user interface on loopback, until Ctrl-C. */
import type { Command } from 'commander';
import { FailureError } from '../../../core/failure.ts';
import { EXIT } from '../exit.ts';
import { TARGET, wholeNumber, withOutputOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { existingPath } from '../session.ts';

interface Options {
  readonly port?: number;
}

const PORT_MAX = 65_535;

export const registerServe: Registrar = (program, run) => {
  const command = withOutputOptions(program.command('serve'))
    .description('serve the user interface on this machine only and print its one-time link')
    .argument('[target...]', TARGET)
    .option('--port <n>', 'port (default: any that is free)', wholeNumber(0, PORT_MAX));
  command.action((targets: readonly string[], options: Options, self: Command) =>
    run(self, async (world, output) => {
      const paths: string[] = [];
      for (const target of targets) paths.push(await existingPath(world, target));
      const served = await world.serve(paths, options.port ?? 0, (line) => void output.note(line));
      if (!served.ok) throw new FailureError(served.failure);
      if (output.form === 'json') await output.json({ url: served.value.url });
      else await output.lines([served.value.url]);
      await output.note('Open this link in a browser on this machine. Ctrl-C ends it.');
      await new Promise<void>((resolve) => {
        if (world.interrupted.aborted) resolve();
        else world.interrupted.addEventListener('abort', () => resolve(), { once: true });
      });
      await served.value.close();
      // Ctrl-C is how this command ends, not how it is cancelled.
      return EXIT.done;
    }),
  );
};
