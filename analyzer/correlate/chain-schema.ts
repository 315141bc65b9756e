/**
 * What the file of a declared chain may say. Strict, as rules are: a key that is not known is an error.
 *
 * A chain is a mechanism: A, then B within some time, then C. Lines of a step match a rule of the catalogue, or literals
 * and expressions of the step's own. Every step after the first says what it shares with the one before it.
 */
import * as z from 'zod';
import { Entity } from '../core/vocabulary.ts';
import { Duration, LineMatches, LineUnless, LineWhere } from '../rules/schema.ts';

/** Beyond a few steps each pair is likely by itself, and the chain as a whole is not. */
const STEPS_MAX = 5;

const Id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by -');

/** `node`: both on one node. Of an entity: both name it; on one node as well, unless the step says `across: nodes`. */
const Shares = z.enum(['node', ...Entity.unwrap().shape.kind.options]);
export type Shares = z.infer<typeof Shares>;

const Step = z
  .strictObject({
    /** `Rule sync fails`. */
    title: z.string().min(1),
    /** Ids of rules: a line that one of them matches is an event of the step, whatever the rule's threshold. */
    rules: z.array(Id).default([]),
    /** Lines of its own, as in a rule. */
    where: LineWhere.optional(),
    match: LineMatches.optional(),
    unless: LineUnless.optional(),
    /** After the step before. */
    within: Duration.optional(),
    shares: Shares.optional(),
    /** `nodes`: the step before may be on another node. Then the order is as good as the clocks of both. */
    across: z.enum(['one-node', 'nodes']).default('one-node'),
  })
  .superRefine((step, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (step.rules.length === 0 && step.match === undefined) refuse('rules', 'a step names rules, or match, or both');
    if ((step.match === undefined) !== (step.where === undefined)) refuse('match', 'match and where go together');
    if (step.unless !== undefined && step.match === undefined) refuse('unless', 'it is for match only');
    if (step.across === 'nodes' && (step.shares === undefined || step.shares === 'node'))
      refuse('shares', 'steps on different nodes must share an entity');
  });

/** `role | line`: a stamped line and the role of its file; `node role | line` where nodes matter. */
const SampleLine = z.string().regex(/^(?:[a-z0-9]+ )?[a-z0-9-]+ \| ./s, '`role | line`, or `node role | line`');
const Sample = z.array(SampleLine).min(2);
const Samples = z.array(Sample).min(1);

export const ChainSource = z
  .strictObject({
    /** Never changes: it is the value of `chain` in answers. */
    id: Id,
    title: z.string().min(1),
    /** What it means, in plain words. */
    meaning: z.string().min(1),
    confidence: z.strictObject({ level: z.enum(['certain', 'likely', 'possible']), because: z.string().min(1) }),
    /** Where the mechanism is written down: document, RFC, source file. */
    source: z.string().min(1),
    steps: z.array(Step).min(2).max(STEPS_MAX),
    samples: z.strictObject({
      /** Lines in which the chain is found. */
      match: Samples,
      /** The same things in another order. */
      wrongOrder: Samples,
      /** In the right order, later than the chain allows. */
      tooLate: Samples,
      /** In the right order and time, about different things; none when being on one node is all that is shared. */
      otherEntity: z.array(Sample).default([]),
    }),
  })
  .superRefine((chain, context) => {
    for (const [at, { within, shares, across }] of chain.steps.entries()) {
      const path = ['steps', at];
      const first = at === 0;
      if (first && (within !== undefined || shares !== undefined || across === 'nodes'))
        context.addIssue({ code: 'custom', path, message: 'the first step has no step before it' });
      if (!first && (within === undefined || shares === undefined))
        context.addIssue({ code: 'custom', path, message: 'says within and shares: how it follows the step before' });
    }
    const byEntity = chain.steps.some(({ shares }) => shares !== undefined && shares !== 'node');
    if (byEntity && chain.samples.otherEntity.length === 0)
      context.addIssue({ code: 'custom', path: ['samples'], message: 'otherEntity: what is shared has to be tried' });
  })
  .readonly();
export type Chain = z.output<typeof ChainSource>;
