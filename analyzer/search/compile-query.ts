/** A query made ready to look for its lines. */
import type { BlockPlace, TextBlock } from '../core/case-reader.ts';
import type { FileClock } from '../core/file-clock.ts';
import type { PlaceTerm, QueryNode } from '../query/query.ts';
import { mayMatch } from './block-chance.ts';
import { driverOf } from './drivers.ts';
import type { CompiledQuery, FilePlace, FileQuery, LineHit, LineKnowledge, QueryNeeds } from './file-query.ts';
import { LineTimes } from './line-times.ts';
import { LineView } from './line-view.ts';
import { placeNameTest } from './place-name.ts';
import { PlanScan } from './plan-scan.ts';
import { type Plan, planOf, planWithin, termsOf, wantedOf } from './query-plan.ts';

/**
 * What it makes shares memory for one block: use it in one thread, one block at a time.
 * @throws when a pattern of the query is none: the parser lets only valid ones through.
 */
export function compileQuery(query: QueryNode): CompiledQuery {
  const plan = planOf(query);
  const view = new LineView();
  const places = [
    ...new Set(termsOf(plan).flatMap(({ condition }) => (condition.kind === 'place' ? [condition.term] : []))),
  ];
  const tests = places.map(placeTest);
  /** Many files, few different answers to the terms about files. */
  const scans = new Map<string, { readonly plan: Plan; readonly scan: PlanScan } | null>();
  return {
    wanted: wantedOf(plan),
    needs: needsOf(plan),
    forFile(place) {
      const answers = tests.map((test) => test(place));
      const key = answers.map(Number).join('');
      let made = scans.get(key);
      if (made === undefined) {
        const within = planWithin(plan, (term) => answers[places.indexOf(term)] === true);
        made = within.kind === 'never' ? null : { plan: within, scan: new PlanScan(within, view) };
        scans.set(key, made);
      }
      return made === null ? null : new PlannedFileQuery(made.plan, made.scan, place.clock);
    },
  };
}

function needsOf(plan: Plan): QueryNeeds {
  const conditions = termsOf(plan).map((term) => term.condition);
  const patterns = conditions.filter((condition) => condition.kind === 'pattern');
  const led = driverOf(plan) !== null || patterns.every(({ leads }) => leads !== null);
  return {
    time: conditions.some(({ kind }) => kind === 'time') ? 'yes' : 'no',
    findings: conditions.some(({ kind }) => kind === 'finding') ? 'yes' : 'no',
    pattern: patterns.length === 0 ? 'none' : led ? 'with literals' : 'scan',
  };
}

function placeTest({ field, name }: PlaceTerm): (place: FilePlace) => boolean {
  const test = placeNameTest(name);
  switch (field) {
    case 'node':
      return ({ node }) => node !== null && test(node);
    case 'file':
      return ({ paths }) => paths.some(test);
    case 'source':
      return ({ role, format }) => test(role) || test(format);
  }
}

class PlannedFileQuery implements FileQuery {
  readonly #plan: Plan;
  readonly #scan: PlanScan;
  readonly #times: LineTimes | null;

  constructor(plan: Plan, scan: PlanScan, clock: FileClock) {
    this.#plan = plan;
    this.#scan = scan;
    const timed = termsOf(plan).some(({ condition }) => condition.kind === 'time');
    this.#times = timed ? new LineTimes(clock) : null;
  }

  mayMatch(block: BlockPlace): boolean {
    return mayMatch(this.#plan, block);
  }

  scan(block: TextBlock, known: LineKnowledge): readonly LineHit[] {
    return this.#scan.scan(block, known, this.#times);
  }
}
