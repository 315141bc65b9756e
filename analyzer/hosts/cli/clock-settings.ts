/** `--zone FILE=ZONE` and `--shift NODE=+90s`: how their words are checked, and how they become overrides of a case. */
import { type Command, InvalidArgumentError } from 'commander';
import type { ClockOverride, ClockOverrideRequest } from '../../core/clock-override.ts';
import { FailureError } from '../../core/failure.ts';
import type { CaseId } from '../../core/ids.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Bundle } from '../../core/vocabulary.ts';
import { refusedValue } from '../../time/overrides.ts';
import { label } from './nodes.ts';
import { type Session, wrongUsage } from './session.ts';

export interface ClockSetting {
  readonly what: ClockOverrideRequest['what'];
  readonly target: string;
  readonly value: string;
}

export interface ClockOptions {
  readonly zone?: readonly ClockSetting[];
  readonly shift?: readonly ClockSetting[];
}

/** Adds --zone and --shift; both may be given several times. */
export function withClockOptions(command: Command): Command {
  return command
    .option(
      '--zone <file=zone>',
      'zone of the local times in a file: its path, the end of it or a glob; UTC, +02:00, -0700, Europe/Berlin',
      collect('zone', 'FILE=ZONE, like `kubelet/*=-0700`'),
    )
    .option(
      '--shift <node=shift>',
      'how far to move the times of a node, or of a file: +90s, -2m, 1h30m',
      collect('shift', 'NODE=SHIFT or FILE=SHIFT, like `ip-10-0-1-2=+90s`'),
    );
}

/** Nothing is imported when a word is wrong: the words are read first. */
function collect(what: ClockSetting['what'], form: string) {
  return (word: string, before: readonly ClockSetting[] = []): readonly ClockSetting[] => {
    const at = word.lastIndexOf('=');
    if (at < 1) throw new InvalidArgumentError(`Expected ${form}.`);
    const setting = { what, target: word.slice(0, at), value: word.slice(at + 1) };
    const refused = refusedValue(setting);
    if (refused !== null) throw new InvalidArgumentError(refused);
    return [...before, setting];
  };
}

export function clockSettings(options: ClockOptions): readonly ClockSetting[] {
  return [...(options.zone ?? []), ...(options.shift ?? [])];
}

/**
 * @param bundles those that are meant. @param scope `these`: only their files; `case`: also those of later imports.
 * Ends the command with exit 2 when a setting means neither a node nor a file.
 */
export async function setClocks(
  session: Session,
  caseId: CaseId,
  bundles: readonly Bundle[],
  scope: 'these' | 'case',
  settings: readonly ClockSetting[],
): Promise<readonly ClockOverride[]> {
  const set: ClockOverride[] = [];
  for (const setting of settings) {
    const requests = requestsOf(setting, bundles, scope);
    const done: ClockOverride[] = [];
    let refused: FailureError | null = null;
    for (const override of requests) {
      try {
        done.push((await session.call('clock.override', { caseId, override })).set);
      } catch (error) {
        // A file may be in one of several bundles only.
        if (!(error instanceof FailureError) || error.failure.code !== 'wrong-usage') throw error;
        refused ??= error;
      }
    }
    if (done.length === 0) refuse(setting, bundles, refused);
    set.push(...done);
  }
  return set;
}

function requestsOf(
  { what, target, value }: ClockSetting,
  bundles: readonly Bundle[],
  scope: 'these' | 'case',
): readonly ClockOverrideRequest[] {
  const every = { what, value, file: null, node: null, bundle: null };
  if (what === 'shift') {
    if (bundles.some((bundle) => bundle.node === target)) return [{ ...every, node: target }];
    const named = bundles.filter((bundle) => bundle.name === target || label(bundle, bundles) === target);
    if (named.length > 0) return named.map(({ id }) => ({ ...every, bundle: id }));
  }
  if (scope === 'case') return [{ ...every, file: target }];
  return bundles.map(({ id }) => ({ ...every, file: target, bundle: id }));
}

function refuse({ what, target }: ClockSetting, bundles: readonly Bundle[], refused: FailureError | null): never {
  if (what === 'zone' && refused !== null) throw refused;
  const names = bundles.map((bundle) => bundle.node ?? bundle.name);
  return wrongUsage(
    what === 'zone' ? 'No bundle was imported that this could be for.' : 'This names neither a node nor a file.',
    target,
    didYouMean(target, names) ?? (names.length === 0 ? null : `Nodes: ${[...new Set(names)].join(', ')}`),
  );
}
