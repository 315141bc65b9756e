/** A query made ready to look for its lines. */
import type { BlockPlace, TextBlock } from '../core/case-reader.ts';
import type { FileClock } from '../core/file-clock.ts';
import type { QueryNode } from '../query/query.ts';
import { mayMatch } from './block-chance.ts';
import { driverOf } from './drivers.ts';
import { FileDecisions } from './file-decisions.ts';
import type { CompiledQuery, FileQuery, LineHit, LineKnowledge, QueryNeeds } from './file-query.ts';
import { LineTimes } from './line-times.ts';
import { LineView } from './line-view.ts';
import { PlanScan } from './plan-scan.ts';
import { type Plan, planOf, termsOf, wantedOf } from './query-plan.ts';

/** A query that asks each file something else makes one for each: no more are kept for the next file. */
const SCANS_KEPT = 1_000;

/**
 * What it makes shares memory for one block: use it in one thread, one block at a time.
 * @throws when a pattern of the query is none: the parser lets only valid ones through.
 */
export function compileQuery(query: QueryNode): CompiledQuery {
  const plan = planOf(query);
  const view = new LineView();
  const decisions = new FileDecisions(plan);
  /** Many files, few different answers to what the query asks of them. */
  const scans = new Map<string, { readonly plan: Plan; readonly scan: PlanScan } | null>();
  return {
    wanted: wantedOf(plan),
    needs: needsOf(plan),
    forFile(place) {
      const answers = decisions.answersFor(place);
      const key = answers.join();
      let made = scans.get(key);
      if (made === undefined) {
        const within = decisions.planFor(answers);
        made = within.kind === 'never' ? null : { plan: within, scan: new PlanScan(within, view) };
        if (scans.size < SCANS_KEPT) scans.set(key, made);
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
