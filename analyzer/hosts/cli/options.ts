/** Options that several commands share, and how their words are checked. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../../core/vocabulary.ts';

/** @returns a parser for whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most: number): (word: string) => number {
  return (word) => {
    const value = Number(word);
    if (!/^\d+$/.test(word) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Adds --json and --quiet. */
export function withOutputOptions(command: Command): Command {
  const parent = command.parent?.parent == null ? '' : `${command.parent.name()} `;
  return command
    .showHelpAfterError(`(coldcase ${parent}${command.name()} --help shows how it is used)`)
    .option('--json', 'one JSON document on stdout, nothing else')
    .option('--quiet', 'no progress and no notes on stderr');
}

export const TARGET = 'a case folder, an archive, or a folder of files';

/** Adds `<target>` and the options that say how it is opened. */
export function withTargetOptions(command: Command): Command {
  return withOutputOptions(command)
    .argument('<target>', TARGET)
    .option('--case <dir>', 'import into this case instead of a temporary one')
    .option('--keep', 'keep the temporary case and print its path');
}

/** Adds --node. */
export function withNodeOption(command: Command): Command {
  return command.option(
    '--node <name>',
    'only this node (its name, its host name, a bundle name, or the start of a bundle sha256)',
  );
}

/** @returns an option that takes a severity. */
export function severityOption(flags: string, text: string): Option {
  return new Option(flags, text).choices([...SEVERITIES]);
}

/** Folders with rules of the engineer's own, for this command alone. */
export function withRulesOption(command: Command): Command {
  return command.addOption(
    new Option('--rules <folder>', 'also run the rules in this folder (repeatable)').argParser(
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    ),
  );
}
