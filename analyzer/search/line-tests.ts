/** Conditions of a plan as functions of a line. */

import type { WantedText } from '../core/case-reader.ts';
import { FailureError, fail } from '../core/failure.ts';
import { entitiesOf } from '../formats/entities.ts';
import { foldAscii } from '../query/fold.ts';
import type { LineView } from './line-view.ts';
import { literalFinder } from './literal-finder.ts';
import type { Condition, EntityCondition, PatternCondition, Plan } from './query-plan.ts';

export type LineTest = (line: LineView) => boolean;

/** What is asked first: the cheap conditions, measured on lines of a kubelet log. */
const COSTS: Readonly<Record<Condition['kind'], number>> = {
  place: 0,
  finding: 1,
  severity: 2,
  text: 3,
  time: 4,
  pattern: 5,
  entity: 6,
};

/** @param plan without terms about the file. */
export function lineTest(plan: Plan): LineTest {
  switch (plan.kind) {
    case 'always':
      return () => true;
    case 'never':
      return () => false;
    case 'term': {
      const test = conditionTest(plan.condition);
      return plan.holds === 'yes' ? test : (line) => !test(line);
    }
    case 'all': {
      const tests = testsOf(plan.parts);
      return (line) => {
        for (const test of tests) if (!test(line)) return false;
        return true;
      };
    }
    case 'any': {
      const tests = testsOf(plan.parts);
      return (line) => {
        for (const test of tests) if (test(line)) return true;
        return false;
      };
    }
  }
}

function testsOf(parts: readonly Plan[]): readonly LineTest[] {
  return [...parts].sort((one, two) => costOf(one) - costOf(two)).map(lineTest);
}

function costOf(plan: Plan): number {
  if (plan.kind === 'term') return COSTS[plan.condition.kind];
  return plan.kind === 'all' || plan.kind === 'any' ? Math.max(...plan.parts.map(costOf)) : 0;
}

function conditionTest(condition: Condition): LineTest {
  switch (condition.kind) {
    case 'text':
      return condition.bounds === 'words' ? wordsTest(condition.literal) : literalTest(condition.literal);
    case 'pattern':
      return patternTest(condition);
    case 'severity': {
      const { from, to } = condition;
      return (line) => {
        const level = line.level();
        return level >= from && level <= to;
      };
    }
    case 'time': {
      const { from, to } = condition;
      return (line) => {
        const time = line.time();
        return time >= from && time < to;
      };
    }
    case 'finding':
      return (line) => line.cited();
    case 'entity':
      return entityTest(condition);
    case 'place':
      throw new Error('terms about the file are decided before its lines are read');
  }
}

function literalTest(literal: Uint8Array): LineTest {
  const finder = literalFinder(literal);
  return (line) => finder.find(line.text, line.start, line.end) >= 0;
}

/** ASCII letters, digits, `_`, and every byte of a character beyond ASCII. */
const IN_WORD = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /\w/.test(String.fromCharCode(byte)) ? 1 : 0,
);

function wordsTest(literal: Uint8Array): LineTest {
  const finder = literalFinder(literal);
  return ({ text, start, end }) => {
    const { bytes } = text;
    for (let from = start; ; ) {
      const at = finder.find(text, from, end);
      if (at < 0) return false;
      const after = at + literal.length;
      const begins = at === start || IN_WORD[bytes[at - 1] as number] === 0;
      if (begins && (after === end || IN_WORD[bytes[after] as number] === 0)) return true;
      // It can only begin behind the word in which it was found: no place of a long run of letters is tried again.
      from = at + 1;
      while (from < end && IN_WORD[bytes[from - 1] as number] === 1) from += 1;
    }
  };
}

/** A line is decoded only when it may match. */
function patternTest({ regexp, leads }: PatternCondition): LineTest {
  const held = wantedTest(leads === null ? null : { any: leads });
  return (line) => held(line) && matches(regexp, line.string());
}

/** V8 gives up when a long line makes it remember too many ways through many groups. */
function matches(regexp: RegExp, text: string): boolean {
  try {
    return regexp.test(text);
  } catch {
    const message = `the pattern /${regexp.source}/ needs too much memory on a line of ${text.length} characters`;
    const advice = 'Write it with fewer groups inside of what is repeated.';
    throw new FailureError(fail('wrong-usage', message, null, advice).failure);
  }
}

function entityTest({ name, required }: EntityCondition): LineTest {
  const held = wantedTest(required);
  return (line) => held(line) && entitiesOf(line.string()).some((entity) => isNamed(foldAscii(entity.name), name));
}

function isNamed(full: string, name: string): boolean {
  return full === name || full.slice(full.lastIndexOf('/') + 1) === name;
}

function wantedTest(wanted: WantedText | null): LineTest {
  if (wanted === null) return () => true;
  if (wanted instanceof Uint8Array) return literalTest(wanted);
  if ('all' in wanted) {
    const tests = wanted.all.map(wantedTest);
    return (line) => tests.every((test) => test(line));
  }
  const tests = wanted.any.map(wantedTest);
  return (line) => tests.some((test) => test(line));
}
