/** The report of the fake case: its draft, pinned answers, documents, redaction and checks, in memory: for tests. */
import { mergedDraft, sameDraft } from '../../../analyzer/core/merged-draft.ts';
import type {
  BundleId,
  Failure,
  PinnedAnswer,
  RedactionPreview,
  ReportCheck,
  ReportDraft,
  ReportSection,
  ReportSectionKind,
} from '../../model/types.ts';
import type { Answers } from './fake-bridge.ts';
import { AFFECTED, FINDINGS } from './fake-case.ts';

const ok = <T>(value: T) => ({ ok: true as const, value });
const failed = (message: string) => ({
  ok: false as const,
  failure: { code: 'wrong-usage', message, where: null, advice: null } satisfies Failure,
});
const AT = '2025-10-14T12:00:00.000Z';

export function makeSection(
  kind: ReportSectionKind,
  heading: string,
  part: Partial<ReportSection> = {},
): ReportSection {
  return { kind, heading, shown: 'yes', text: '', ...part };
}

export const DRAFT: ReportDraft = {
  template: 'customer-summary',
  title: 'CS-48213 Checkout 504s',
  sections: [
    makeSection('verdict', 'Summary'),
    makeSection('causes', 'Causes'),
    makeSection('findings', 'Findings'),
    makeSection('lines', 'Lines to look at'),
    makeSection('traces', 'Traces'),
    makeSection('ask', 'What we need from you'),
    makeSection('not-known', 'Not known'),
    makeSection('bundles', 'Archives', { shown: 'no' }),
  ],
  leftOut: [],
  order: [],
  context: 2,
  redaction: null,
};

export const HAND_OVER: ReportDraft = {
  ...DRAFT,
  template: 'engineering-hand-over',
  context: 5,
  sections: [makeSection('findings', 'All findings'), makeSection('verdict', 'Verdict'), makeSection('nodes', 'Nodes')],
};

export const REDACTION: RedactionPreview = {
  entries: [
    { kind: 'IP address', profile: 'network', original: '10.0.113.27', pseudonym: '10.0.0.1', count: 74 },
    { kind: 'host name', profile: 'network', original: 'ip-10-0-113-27', pseudonym: 'ip-10-0-0-1', count: 31 },
    { kind: 'bearer token', profile: 'secrets', original: 'k8s-aws-v1.aHR0', pseudonym: '[secret 1: token]', count: 1 },
  ],
  notListed: 2,
  kept: 0,
  statement: '5 values were replaced in 106 places.',
};

export const CHANGED: ReportCheck = {
  outcome: 'changed',
  sentence: '1 of 3 references does not stand as it was.',
  ok: 2,
  changed: 1,
  missing: 0,
  references: [
    {
      where: 'F1, 1st line',
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      file: 'networking/iptables-save.txt',
      line: 88,
      endLine: 88,
      outcome: 'changed',
      because: 'its bytes are others',
    },
  ],
};

/** @returns the beginning of a report that says what it was built of. */
function textOf(draft: ReportDraft, format: string): string {
  const headings = draft.sections.filter(({ shown }) => shown === 'yes').map(({ heading }) => heading);
  const inIt = FINDINGS.filter(({ id }) => !draft.leftOut.includes(id)).length;
  const said = `report of ${inIt}: ${headings.join(', ')}`;
  return format === 'html'
    ? `<!DOCTYPE html><html><head><style>p{}</style></head><body><p>${said}</p></body></html>`
    : said;
}

/** @returns answers of the report's methods for a fake bridge, all about one case. */
export function fakeReport() {
  let kept: ReportDraft | null = null;
  let pins: readonly PinnedAnswer[] = [];
  let id = 0;
  const draftNow = () => ({ draft: kept ?? DRAFT, keptAt: kept === null ? null : AT });
  const mapOf = ({ redaction }: ReportDraft) => (redaction === null ? null : '{"schema":"map"}');
  return {
    'report.templates': () =>
      ok([
        { id: 'customer-summary', title: 'Customer summary', description: 'For the customer.', draft: DRAFT },
        {
          id: 'engineering-hand-over',
          title: 'Engineering hand-over',
          description: 'For engineers.',
          draft: HAND_OVER,
        },
      ]),
    'report.profiles': () =>
      ok([
        { id: 'secrets', title: 'Secrets', description: 'tokens and keys', kinds: ['bearer token'] },
        { id: 'network', title: 'Network', description: 'addresses and names', kinds: ['IP address', 'host name'] },
      ]),
    'report.draft': () => ok(draftNow()),
    'report.keepDraft': (input) => {
      const [from, draft] = [input.from as ReportDraft | null, input.draft as ReportDraft | null];
      const other = kept === null || from === null || draft === null || sameDraft(from, kept) ? null : kept;
      const merged = other === null ? null : mergedDraft(from as ReportDraft, draft as ReportDraft, other);
      kept = merged === null ? draft : merged.draft;
      return ok({ ...draftNow(), meanwhile: merged === null ? null : { gaveWay: merged.gaveWay } });
    },
    'pin.list': () => ok(pins),
    'pin.set': ({ caseId: _, ...pin }) => {
      if (pin.id === null) id += 1;
      const made = { ...pin, id: pin.id ?? id, pinnedAt: AT };
      pins = pins.some((one) => one.id === made.id)
        ? pins.map((one) => (one.id === made.id ? made : one))
        : [...pins, made];
      return ok(made);
    },
    'pin.remove': ({ ids }) => {
      const removed = pins.filter((one) => ids.includes(one.id));
      pins = pins.filter((one) => !ids.includes(one.id));
      return ok(removed);
    },
    'report.build': ({ format, draft }) => {
      const whole = (draft as ReportDraft | null) ?? draftNow().draft;
      return ok({
        fileName: `report.${format}`,
        mediaType: 'text/plain',
        text: textOf(whole, format),
        map: mapOf(whole),
        references: 6,
      });
    },
    'report.pack': ({ draft, formats }) =>
      ok({
        fileName: 'report.zip',
        mediaType: 'application/zip',
        base64: btoa('PK'),
        map: mapOf((draft as ReportDraft | null) ?? DRAFT),
        files: formats.map((format) => `report.${format}`),
        references: 6,
      }),
    'report.redaction': ({ draft }) => {
      const keep = draft?.redaction?.keep ?? [];
      const entries = REDACTION.entries.filter(({ original }) => !keep.includes(original));
      return ok({ ...REDACTION, entries, kept: keep.length });
    },
    'report.verify': () => ok(CHANGED),
    'report.unredact': ({ text, map }) =>
      map === '{"schema":"map"}'
        ? ok({ text: `${text} with originals`, format: 'md' as const, restored: 5 })
        : failed('The map is of another report.'),
  } satisfies Answers;
}

/** A trace as it is pinned. */
export const TRACE_PIN = {
  method: 'network.trace' as const,
  input: {
    bundle: AFFECTED as BundleId,
    node: null,
    from: 'node',
    to: 'shop/web:http',
    protocol: 'tcp',
    inInterface: null,
    state: 'new',
  },
};
