/** What a runbook in YAML may say. Strict: a key that is not known is an error, so a typing mistake never passes silently. */
import * as z from 'zod';
import { SafetyRating, StepLevel } from '../core/runbook.ts';
import { Owner, Severity } from '../core/vocabulary.ts';
import { parseQuery } from '../query/parse.ts';
import { errorSentence } from '../query/wrong.ts';

const text = z.string().trim().min(1);
const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by -');
const ids = z.array(id).min(1);

/** Lines of a step that are cited unless it says otherwise: enough to see a pattern, few enough to read. */
const CITED_DEFAULT = 5;
const CITED_MAX = 12;

const query = text.superRefine((value, context) => {
  const parsed = parseQuery(value);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: errorSentence(parsed.error) });
});

const question = z.strictObject({ command: text, why: text });

const StepSource = z
  .strictObject({
    /** Other parts of the runbook name the step by this. */
    id,
    /** What is asked, as a question or an instruction; one line. */
    title: text,
    level: StepLevel.default('MUST'),
    /** Findings of any of these rules or analyzers, on the node that is looked at. */
    check: z.strictObject({ findings: ids, at_least: Severity.default('low') }).optional(),
    /** A query of the search box; matching lines are a finding. `expects: presence`: the lines should be there. */
    look: z
      .strictObject({
        query,
        lines: z.number().int().min(1).max(CITED_MAX).default(CITED_DEFAULT),
        expects: z.enum(['failure', 'presence']).default('failure'),
      })
      .optional(),
    /** Alone: always asked. Beside `check`: asked when the case does not hold what the check needs. */
    ask: question.extend({ unless: z.array(id).default([]) }).optional(),
    /** What it means when something was found, and when nothing was. */
    found: text.optional(),
    clear: text.optional(),
  })
  .superRefine((step, context) => {
    const own = [step.check, step.look].filter((part) => part !== undefined).length;
    if (own > 1 || (own === 0 && step.ask === undefined)) {
      context.addIssue({ code: 'custom', message: 'a step is a check, a look or an ask' });
    }
    if (step.look !== undefined && step.ask !== undefined) {
      context.addIssue({ code: 'custom', path: ['ask'], message: 'an ask stands alone or beside a check' });
    }
    if (own === 1 && (step.found === undefined || step.clear === undefined)) {
      context.addIssue({ code: 'custom', message: 'a check or a look says what it means: found and clear' });
    }
  });

/** `found`: all of these steps ended as finding; `found_any`: one did; `clear`: none of these did. */
const When = z
  .strictObject({ found: z.array(id).default([]), found_any: z.array(id).default([]), clear: z.array(id).default([]) })
  .refine(({ found, found_any }) => found.length + found_any.length > 0, 'name the steps in found or found_any');

const rated = z.strictObject({ text, safety: SafetyRating });

export const RunbookSource = z
  .strictObject({
    /** Never changes: rules name it. The file is called the same. */
    id,
    title: text,
    description: text,
    severity: Severity,
    owner: Owner,
    objective: text,
    /** How it works when it works, in a few sentences. */
    context: text.optional(),
    triggers: z
      .strictObject({ findings: z.array(id).default([]), lines: z.array(z.string().min(4)).default([]) })
      .refine(({ findings, lines }) => findings.length + lines.length > 0, 'name findings or lines that suggest it'),
    phases: z
      .array(z.strictObject({ title: text, steps: z.array(StepSource).min(1) }))
      .min(1)
      .max(10),
    /** In order: the first whose condition holds is the root cause. */
    conclusions: z
      .array(
        z.strictObject({
          root_cause: text,
          when: When,
          /** Why the steps mean this. */
          because: text,
          severity: Severity.optional(),
          mitigation: z.strictObject({ immediate: rated, long_term: rated }),
        }),
      )
      .min(1),
    /** Without `when` it is told as not known from a bundle. */
    escalate: z.array(z.strictObject({ condition: text, when: When.optional() })).default([]),
  })
  .superRefine((runbook, context) => {
    const seen = new Set<string>();
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [phase, { steps }] of runbook.phases.entries()) {
      for (const [at, step] of steps.entries()) {
        const path = ['phases', phase, 'steps', at, 'id'];
        if (seen.has(step.id)) refuse(path, `two steps have the id ${step.id}`);
        for (const other of step.ask?.unless ?? []) {
          if (!seen.has(other))
            refuse([...path.slice(0, -1), 'ask', 'unless'], `no step before it has the id ${other}`);
        }
        seen.add(step.id);
      }
    }
    const named = [
      ...runbook.conclusions.map(({ when }, at) => ({ when, path: ['conclusions', at, 'when'] })),
      ...runbook.escalate.map(({ when }, at) => ({ when, path: ['escalate', at, 'when'] })),
    ];
    for (const { when, path } of named) {
      for (const step of when === undefined ? [] : [...when.found, ...when.found_any, ...when.clear]) {
        if (!seen.has(step)) refuse(path, `no step has the id ${step}`);
      }
    }
  })
  .readonly();
export type RunbookSource = z.output<typeof RunbookSource>;
