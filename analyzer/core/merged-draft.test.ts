import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingId } from './ids.ts';
import { mergedDraft } from './merged-draft.ts';
import type { ReportDraft, ReportSection } from './report.ts';

const section = (kind: ReportSection['kind'], heading: string, text = ''): ReportSection => ({
  ...{ kind, heading, text },
  shown: 'yes',
});
const FROM: ReportDraft = {
  template: 'customer-summary',
  title: 'A case',
  sections: [section('verdict', 'Summary'), section('causes', 'Causes'), section('text', 'Notes', 'as seen')],
  leftOut: ['f-1' as FindingId],
  order: [],
  context: 2,
  redaction: null,
};
const merged = (mine: Partial<ReportDraft>, kept: Partial<ReportDraft>) =>
  mergedDraft(FROM, { ...FROM, ...mine }, { ...FROM, ...kept });
const [SUMMARY, CAUSES, NOTES] = FROM.sections as [ReportSection, ReportSection, ReportSection];

describe('two drafts of one report', () => {
  it('are one when each changed another part of it', () => {
    const kept = { title: 'CS-1', leftOut: [], sections: [{ ...SUMMARY, text: 'theirs' }, CAUSES, NOTES] };
    const mine = { context: 5, leftOut: ['f-1', 'f-2'] as FindingId[], sections: [NOTES, SUMMARY, CAUSES] };
    expect(merged(mine, kept)).toEqual({
      draft: { ...FROM, ...kept, context: 5, leftOut: ['f-2'], sections: [NOTES, kept.sections[0], CAUSES] },
      gaveWay: [],
    });
    expect(merged(mine, {}).draft).toEqual({ ...FROM, ...mine });
    expect(merged({}, kept).draft).toEqual({ ...FROM, ...kept });
    expect(merged(kept, kept)).toEqual({ draft: { ...FROM, ...kept }, gaveWay: [] });
  });

  it('keep what the other one says where only one of two can be, and tell it', () => {
    const [a, b] = ['f-1', 'f-2'] as [FindingId, FindingId];
    const kept = {
      ...{ template: 'internal-note', title: 'Theirs', context: 1, order: [a] },
      sections: [CAUSES, { ...SUMMARY, heading: 'In short' }, NOTES],
    };
    const mine = {
      ...{ template: 'engineering-hand-over', title: 'Mine', context: 9, order: [b] },
      sections: [NOTES, { ...SUMMARY, heading: 'Abstract' }, CAUSES],
    };
    expect(merged(mine, kept)).toEqual({
      draft: { ...FROM, ...kept },
      gaveWay: [
        'the template',
        'the title “Mine”',
        'the heading “Abstract”',
        'the order of sections',
        'the order of findings',
        'the lines around each excerpt',
      ],
    });
  });

  it('keep the words of both in one section, and both sections that were added', () => {
    const kept = { sections: [{ ...SUMMARY, text: 'theirs' }, CAUSES, NOTES, section('text', 'Plan', 'b')] };
    const mine = { sections: [{ ...SUMMARY, text: 'mine' }, CAUSES, NOTES, section('text', 'Log', 'a')] };
    expect(merged(mine, kept)).toEqual({
      draft: {
        ...FROM,
        sections: [
          ...[{ ...SUMMARY, text: 'theirs\nmine' }, CAUSES, NOTES],
          ...[section('text', 'Log', 'a'), section('text', 'Plan', 'b')],
        ],
      },
      gaveWay: [],
    });
  });

  it('keep a section that one took out while the other one wrote in it, not one that nobody wrote in', () => {
    const written = { sections: [{ ...SUMMARY, text: 'words' }, CAUSES, NOTES] };
    const out = { sections: [CAUSES, NOTES] };
    expect(merged(written, out).draft.sections).toEqual(written.sections);
    expect(merged(out, written).draft.sections).toEqual(written.sections);
    expect(merged(out, { title: 'Theirs' }).draft.sections).toEqual(out.sections);
    expect(merged({ title: 'Mine' }, out).draft.sections).toEqual(out.sections);
  });

  it('have one section of a kind when both took the same template', () => {
    const sections = [section('findings', 'All findings'), ...FROM.sections];
    expect(merged({ sections }, { sections, title: 'Theirs' }).draft.sections).toEqual(sections);
  });

  it('are redacted with what both chose, also where one switched it off', () => {
    const choice = { profiles: ['secrets', 'network'], words: ['acme'], keep: [] };
    const more = { ...choice, words: ['acme', 'shop'] };
    const redacted = (draft: ReportDraft, redaction: ReportDraft['redaction']) => ({ ...draft, redaction });
    const on = redacted(FROM, choice);
    const keep = { ...choice, profiles: ['network'], keep: ['10.0.0.1'] };
    expect(mergedDraft(on, redacted(on, more), redacted(on, keep)).draft.redaction).toEqual({
      ...{ profiles: ['network'], words: ['acme', 'shop'], keep: ['10.0.0.1'] },
    });
    expect(mergedDraft(on, redacted(on, null), redacted(on, more))).toEqual({
      draft: redacted(on, more),
      gaveWay: ['the redaction switched off'],
    });
    expect(mergedDraft(on, redacted(on, more), redacted(on, null)).draft.redaction).toEqual(more);
    expect(mergedDraft(on, redacted(on, null), { ...on, title: 'Theirs' }).draft.redaction).toBeNull();
    expect(merged({ redaction: choice }, { title: 'Theirs' }).draft.redaction).toEqual(choice);
  });

  it('lose no words, whatever both did', () => {
    const kinds = ['verdict', 'causes', 'text'] as const;
    const words = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', ' ') });
    const some = fc.array(
      fc.tuple(fc.constantFrom(...kinds), words).map(([kind, text]) => section(kind, 'Heading', text)),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(some, some, some, (from, mine, kept) => {
        const of = (sections: readonly ReportSection[]) => ({ ...FROM, sections });
        const { draft } = mergedDraft(of(from), of(mine), of(kept));
        const there = draft.sections.flatMap(({ text }) => text.split('\n'));
        const had = new Set(from.map(({ text }) => text));
        // What only one of them wrote is there, and what nobody wrote is not.
        for (const { text } of [...mine, ...kept]) if (!had.has(text)) expect(there).toContain(text);
        for (const line of there) expect([...from, ...mine, ...kept].map(({ text }) => text)).toContain(line);
      }),
    );
  });
});
