/** What logs warn of on some sides only: messages by their shape, so that names and numbers do not count. */
import type { LineRef } from '../core/vocabulary.ts';
import { type DraftDifference, type DraftValue, type NotCompared, WEIGHT } from './draft.ts';
import { brief, type OneSide, whoHasIt } from './odd-one.ts';

export interface ShapeSeen {
  /** The first message of the shape as it stands in its line, without what the log puts before it. */
  readonly text: string;
  readonly count: number;
  readonly level: 'warning' | 'error';
  readonly first: LineRef;
}

/** Messages of severity warning and worse of one bundle. */
export interface VocabularyReading {
  /** By role of the file and shape. */
  readonly roles: ReadonlyMap<string, ReadonlyMap<string, ShapeSeen>>;
  /** Roles of logs that hold lines: where one is missing nothing is known of its messages. */
  readonly logs: ReadonlySet<string>;
  /** Why not all of them were read; null when all were. */
  readonly cut: string | null;
}

/** Of one comparison: more is read by nobody, the rest is counted. */
export const SHAPES_LISTED_MAX = 40;

export interface VocabularyCompared {
  readonly differences: readonly DraftDifference[];
  readonly notListed: number;
  readonly notCompared: readonly NotCompared[];
}

/** @param readings in the order of the sides. */
export function compareVocabulary(
  sides: readonly OneSide[],
  readings: readonly VocabularyReading[],
): VocabularyCompared {
  const roles = new Set(readings.flatMap((one) => [...one.roles.keys()]));
  const found = [...roles].flatMap((role) => {
    const shapes = new Set(readings.flatMap((one) => [...(one.roles.get(role)?.keys() ?? [])]));
    return [...shapes]
      .filter((shape) => role !== GATHERING || !isElsewhere(shape, readings))
      .flatMap((shape) => differenceOf(role, shape, sides, readings));
  });
  found.sort((one, two) => two.weight - one.weight || (one.id < two.id ? -1 : 1));
  return {
    differences: found.slice(0, SHAPES_LISTED_MAX),
    notListed: Math.max(0, found.length - SHAPES_LISTED_MAX),
    notCompared: readings.flatMap(({ cut }, at) =>
      cut === null ? [] : [{ what: `a part of the logs of ${sides[at]?.label}`, because: cut }],
    ),
  };
}

/** Syslog holds what components also write into logs of their own. */
const GATHERING = 'system-log';

function isElsewhere(shape: string, readings: readonly VocabularyReading[]): boolean {
  return readings.some((one) => [...one.roles].some(([role, shapes]) => role !== GATHERING && shapes.has(shape)));
}

function differenceOf(
  role: string,
  shape: string,
  sides: readonly OneSide[],
  readings: readonly VocabularyReading[],
): readonly DraftDifference[] {
  const states = readings.map((one) => {
    const seen = one.roles.get(role)?.get(shape) ?? null;
    const known = seen !== null || (one.logs.has(role) && one.cut === null);
    return { seen, known, because: seen !== null ? null : one.logs.has(role) ? one.cut : `no ${role} was captured` };
  });
  if (!states.some(({ seen, known }) => known && seen === null)) return [];
  const seen = states.flatMap((state) => state.seen ?? []);
  const [first] = seen;
  if (first === undefined) return [];
  const count = seen.reduce((sum, one) => sum + one.count, 0);
  const error = seen.some(({ level }) => level === 'error');
  const where = placeOf(
    sides.filter((_, at) => states[at]?.seen !== null),
    sides,
  );
  const has = states.map((state) => (state.seen !== null ? 'yes' : state.known ? 'no' : 'unknown'));
  return [
    {
      id: `vocabulary:${role}:${shape}`,
      kind: 'vocabulary',
      area: role,
      subject: spoken(first.text),
      sentence: `${whoHasIt(sides, has)}: ${times(count)} of ${role} like “${spoken(first.text)}”.`,
      weight:
        (error ? WEIGHT.error : WEIGHT.warning) +
        Math.min(15, Math.log2(count + 1)) +
        (where === 'on affected sides only' ? 20 : 0),
      because: `${error ? 'errors' : 'warnings'} like this stand ${where}: ${times(count)}`,
      severity: null,
      values: states.map(
        (state): DraftValue => ({
          value: state.seen !== null ? times(state.seen.count) : state.known ? 'none' : null,
          because: state.because,
          refs: state.seen === null ? [] : [state.seen.first],
        }),
      ),
      findings: [],
    },
  ];
}

type Where = 'on affected sides only' | 'on some sides only' | 'on sides that are not affected';

/** @param having sides with the message. @returns where it stands; without affected sides none is better or worse. */
function placeOf(having: readonly OneSide[], sides: readonly OneSide[]): Where {
  if (!sides.some((side) => side.isAffected)) return 'on some sides only';
  return having.every((side) => side.isAffected) ? 'on affected sides only' : 'on sides that are not affected';
}

function times(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

/** Of a message in a sentence: what went wrong often stands at its end. */
const MESSAGE_CHARS = 200;

function spoken(text: string): string {
  return brief(text, MESSAGE_CHARS);
}
