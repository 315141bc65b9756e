/** How a draft takes another template on, for every host. Pure. */
import type { ReportDraft, ReportSection, ReportSectionKind } from './report.ts';

/** @returns a name for each section that stays with it when others move: its kind, numbered where there are several. */
export function sectionKeys(sections: readonly ReportSection[]): readonly string[] {
  const seen = new Map<ReportSectionKind, number>();
  return sections.map(({ kind }) => {
    const nth = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, nth);
    return nth === 1 ? kind : `${kind} ${nth}`;
  });
}

/**
 * @returns the draft with headings, order and context of a template's. What the engineer wrote stays: title, words, sections of
 * their own, the choice and order of findings, redaction.
 */
export function withTemplate(draft: ReportDraft, begun: ReportDraft): ReportDraft {
  const keys = sectionKeys(draft.sections);
  const before = new Map(keys.map((key, index) => [key, draft.sections[index]]));
  const next = sectionKeys(begun.sections);
  const sections = begun.sections.map((section, index) => {
    const words = before.get(next[index] ?? '')?.text ?? '';
    return words === '' ? section : { ...section, text: words };
  });
  const own = draft.sections.filter(
    ({ kind, text }, index) => kind === 'text' && text !== '' && !next.includes(keys[index] ?? ''),
  );
  return { ...draft, template: begun.template, context: begun.context, sections: [...sections, ...own] };
}
