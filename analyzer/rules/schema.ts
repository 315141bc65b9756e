/** What a rule file may say. Strict: a key that is not known is an error, so a typing mistake never passes silently. */
import * as z from 'zod';
import { Entity, Owner, Part, SEVERITIES, Severity, severityRank } from '../core/vocabulary.ts';

/** A rule whose wording no source confirms may be wrong about what it matches, so it must not raise an alarm. */
const UNVERIFIED_SEVERITY_MAX = 'low';

const DURATION_UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A length of time as rules and chains write it (`10m`), in ms. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d*[smhd]$/, 'a number and s, m, h or d, e.g. 10m')
  .transform((text) => Number(text.slice(0, -1)) * DURATION_UNITS[text.slice(-1) as keyof typeof DURATION_UNITS]);

/** The index of a bundle knows every four bytes: a shorter literal would have the whole text read, for all rules. */
const LITERAL_BYTES_MIN = 4;
const literal = z
  .string()
  .refine((text) => new TextEncoder().encode(text).length >= LITERAL_BYTES_MIN, `at least ${LITERAL_BYTES_MIN} bytes`);
const literals = z.array(literal).min(1);

/**
 * Roles looked at; with `line`, only lines that also hold this literal (logs shared by many programs). One that names a
 * program as syslog does (`kernel:`, `kubelet[`) must name the program that wrote the line.
 */
export const LineWhere = z
  .array(z.strictObject({ roles: z.array(z.string()).min(1), line: literal.optional() }))
  .min(1);
/** Lines holding one of these do not match. */
export const LineUnless = literals;

/** Group names are entity kinds; `chain2`, `ip2` ... allow a second one of a kind in the same expression. */
const GROUP_NAME = /\(\?<([^=!>][^>]*)>/g;
const ENTITY_KINDS: readonly string[] = Entity.unwrap().shape.kind.options;

/** A repeated group that itself repeats can take exponential time: such an expression is refused. */
const NESTED_REPEAT = /\((?:[^()\\]|\\.)*[*+](?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,)/;

/** `.*` between two parts tries every distance from every start; with a bound the time grows with the line only. */
const UNBOUNDED_GAP = /(?<!\\)\.[*+]/;

const regex = z.string().superRefine((source, context) => {
  try {
    new RegExp(source, 'u');
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return;
  }
  if (NESTED_REPEAT.test(source)) context.addIssue({ code: 'custom', message: 'a repetition inside a repetition' });
  if (UNBOUNDED_GAP.test(source)) context.addIssue({ code: 'custom', message: 'give .* a bound, e.g. .{0,300}' });
  for (const kind of groupKinds(source)) {
    if (!ENTITY_KINDS.includes(kind)) {
      context.addIssue({ code: 'custom', message: `group <${kind}> is no kind of entity: ${ENTITY_KINDS.join(', ')}` });
    }
  }
});

function groupKinds(source: string): readonly string[] {
  return [...source.matchAll(GROUP_NAME)].map(([, name = '']) => name.replace(/\d$/, ''));
}

const expression = regex.transform((source) => new RegExp(source, 'u'));

/**
 * One failure often writes two lines. The one that says less is counted only in files where no other entry of
 * the rule matched, so that the count stays a count of failures.
 */
const MatchWhen = z.enum(['nothing-else-matched']);

/**
 * A line matches when one entry does: any of its literals, and its expression if it has one. With `roles`, only
 * in files of these: what a program says of itself says nothing of it in the log of another.
 */
export const LineMatches = z
  .array(
    z.strictObject({
      literals,
      regex: expression.optional(),
      when: MatchWhen.optional(),
      roles: z.array(z.string()).min(1).optional(),
    }),
  )
  .min(1);

const UNKNOWN_PLACEHOLDER = /\{(?!(?:count|times|lines|files|when)\})[^}]*\}/;

const strings = z.array(z.string().min(1));
const ids = z.array(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by -'));

/** What rules are about. The catalogue's coverage is counted as areas by parts (catalogue.test.ts). */
export const AREAS = [
  'kube-proxy',
  'chains',
  'conntrack',
  'dns',
  'vpc-cni',
  'network',
  'ena',
  'kubelet',
  'pleg',
  'eviction',
  'oom',
  'container-runtime',
  'image-pull',
  'sandbox',
  'disk',
  'volumes',
  'certificates',
  'identity',
  'kernel',
  'clock',
  'bootstrap',
  'probes',
  'pods',
  'api-server',
  'services',
] as const;

export const RuleSource = z
  .strictObject({
    /** Never changes: it is the value of `rule` in findings. */
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by -'),
    title: z.string().min(1),
    /** Placeholders: {count}, {times} ("once", "12 times"), {lines} ("1 line"), {files} ("2 files"), {when}. */
    claim: z
      .string()
      .min(1)
      .refine(
        (claim) => !UNKNOWN_PLACEHOLDER.test(claim),
        'placeholders are {count}, {times}, {lines}, {files} and {when}',
      ),
    severity: Severity,
    confidence: z.strictObject({ level: z.enum(['certain', 'likely', 'possible']), because: z.string().min(1) }),
    area: z.enum(AREAS),
    part: Part,
    owner: Owner,
    source: z.strictObject({
      component: z.string().min(1),
      version: z.string().min(1),
      /** File and function, or where the captured line is from. */
      where: z.string().min(1),
      verified: z.enum(['yes', 'no']),
    }),
    where: LineWhere,
    match: LineMatches,
    unless: LineUnless.optional(),
    /** Lines after a match that may belong to it (an error text over several lines); read for `reasons`. */
    continues: z.number().int().min(1).max(40).optional(),
    /** Why it happened, as far as the matched message itself says. The first that fits counts. */
    reasons: z.array(z.strictObject({ literals, regex: expression.optional(), says: z.string().min(1) })).optional(),
    /**
     * Fewer matches are no finding. `within`: so many inside one window of time. `by`: so many for one entity of this
     * kind alone (probe failures of one pod), which a group of an expression must name.
     */
    threshold: z
      .strictObject({
        count: z.number().int().positive(),
        within: Duration.optional(),
        by: z.enum(Entity.unwrap().shape.kind.options).optional(),
      })
      .optional(),
    /**
     * When the logs of the bundle go on for so long after the last match, it is over: the severity is lowered. Without
     * `after` silence tells nothing, as of what a program says once and then stays in.
     */
    over: z
      .strictObject({
        after: Duration.optional(),
        severity: Severity,
        recovery: literals.optional(),
        /** Such a line tells only of what it names of this kind, which groups of the expressions must name. */
        of: z.enum(Entity.unwrap().shape.kind.options).optional(),
        /** These are last words: it is over only when a log of the same program goes on after them. */
        ended: z.literal(true).optional(),
      })
      .optional(),
    /** Rules and analyzers whose findings on the same node this one always brings about, and the other way round. */
    explains: ids.default([]),
    explainedBy: ids.default([]),
    /** Without a finding of one of these on the same node a critical one is told as `high`: one source may mislead. */
    secondSignal: ids.default([]),
    userNotices: z.string().min(1),
    advice: z.strictObject({ now: strings.min(1), longTerm: strings, check: strings.min(1) }),
    /** Ids of runbooks that go on from here. */
    runbooks: strings.optional(),
    /** Each entry is one message; the first of its lines matches or does not. */
    samples: z.strictObject({ match: strings.min(1), miss: strings.min(1) }),
  })
  .superRefine((rule, context) => {
    if (rule.source.verified === 'no' && severityRank(rule.severity) > severityRank(UNVERIFIED_SEVERITY_MAX)) {
      context.addIssue({
        code: 'custom',
        path: ['severity'],
        message: `an unverified rule may not be above ${UNVERIFIED_SEVERITY_MAX} (${SEVERITIES.join(' > ')})`,
      });
    }
    if (rule.severity === 'critical' && rule.secondSignal.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['severity'],
        message: 'a critical rule names the findings that confirm it in secondSignal',
      });
    }
    if (rule.part === 'recovery' && severityRank(rule.severity) > severityRank('info')) {
      context.addIssue({ code: 'custom', path: ['severity'], message: 'what works again is info' });
    }
    const by = rule.threshold?.by;
    if (by !== undefined && !rule.match.some((entry) => groupKinds(entry.regex?.source ?? '').includes(by))) {
      context.addIssue({ code: 'custom', path: ['threshold', 'by'], message: `no expression has a group <${by}>` });
    }
    const { over } = rule;
    if (over !== undefined && over.after === undefined && over.recovery === undefined) {
      context.addIssue({ code: 'custom', path: ['over'], message: 'needs after, recovery or both' });
    }
    if (
      over?.of !== undefined &&
      !rule.match.every(({ regex }) => groupKinds(regex?.source ?? '').includes(over.of as string))
    ) {
      context.addIssue({
        code: 'custom',
        path: ['over', 'of'],
        message: `every expression needs a group <${over.of}>`,
      });
    }
    if (rule.over !== undefined && severityRank(rule.over.severity) > severityRank(rule.severity)) {
      context.addIssue({ code: 'custom', path: ['over', 'severity'], message: 'must not be above the severity' });
    }
  })
  .readonly();
export type Rule = z.output<typeof RuleSource>;
