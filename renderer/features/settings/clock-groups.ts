/** Files of a node by what their times rest on. Pure. */
import { zoneWords } from '../../model/clocks.ts';
import { groupedBy } from '../../model/grouped-by.ts';
import type { ClockAlignment, ClockOverride, FileClock, SourceFile } from '../../model/types.ts';

/** Files whose stamps became instants in the same way. */
export interface ClockGroup {
  /** `-04:00, inferred`, `UTC, assumed: nothing tells it`, `their own zone in every line`. */
  readonly zone: string;
  readonly zoneFrom: FileClock['zoneFrom'];
  readonly shiftMs: number;
  /** Each reason with the files it is of; of the most files first. */
  readonly reasons: readonly { readonly because: readonly string[]; readonly files: readonly string[] }[];
  readonly files: number;
}

const FROM_WORDS: Readonly<Record<NonNullable<FileClock['zoneFrom']>, string>> = {
  given: 'given by hand',
  inferred: 'inferred',
  assumed: 'assumed: nothing tells it',
};

/** @returns what the local times of a file are read as. */
export function zoneSays({ stamps, zoneMinutes, zoneFrom }: FileClock): string {
  if (zoneMinutes === null || zoneFrom === null)
    return stamps === 'boot' ? 'counted from the start of the kernel' : 'their own zone in the line';
  return `${zoneWords(zoneMinutes)}, ${FROM_WORDS[zoneFrom]}`;
}

/** @returns groups of the files of one bundle that have times, what was given first, then the largest. */
export function clockGroups(files: readonly SourceFile[]): readonly ClockGroup[] {
  const timed = files.filter(({ clock }) => clock.stamps !== 'none');
  const groups = Array.from(
    groupedBy(timed, ({ clock }) => JSON.stringify([zoneSays(clock), clock.shiftMs])).values(),
    (same): ClockGroup => {
      const [{ clock }] = same as readonly [SourceFile];
      const reasons = Array.from(groupedBy(same, (file) => JSON.stringify(file.clock.because)).values(), (some) => ({
        because: some[0]?.clock.because ?? [],
        files: some.map(({ path }) => path),
      }));
      return {
        zone: zoneSays(clock),
        zoneFrom: clock.zoneFrom,
        shiftMs: clock.shiftMs,
        reasons: reasons.sort((a, b) => b.files.length - a.files.length),
        files: same.length,
      };
    },
  );
  const isGiven = (group: ClockGroup) => group.zoneFrom === 'given' || group.shiftMs !== 0;
  return groups.sort((a, b) => Number(isGiven(b)) - Number(isGiven(a)) || b.files - a.files);
}

/** @returns for what an override holds: `messages on ip-10-0-1-2`, `every file of every node`. */
export function targetWords(
  { file, node, bundle }: Pick<ClockOverride, 'file' | 'node' | 'bundle'>,
  bundleName: (bundle: string) => string,
): string {
  const what = file ?? 'every file';
  if (bundle !== null) return `${what} of ${bundleName(bundle)}`;
  return node === null ? `${what} of every node` : `${what} of ${node}`;
}

/** @returns for which bundles a shift of a node is set: for its name where no other bundle has it, else for the bundle. */
export function shiftTarget(
  of: ClockAlignment,
  all: readonly ClockAlignment[],
): Pick<ClockOverride, 'file' | 'node' | 'bundle'> {
  const isAlone = of.node !== null && all.filter(({ node }) => node === of.node).length === 1;
  return isAlone ? { file: null, node: of.node, bundle: null } : { file: null, node: null, bundle: of.bundle };
}
