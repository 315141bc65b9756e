/** Templates of reports: order, headings and what is shown, as data in report/templates. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { ReportTemplate } from '../contract/report.ts';
import { parsedAtBuild } from '../core/parsed-yaml.ts';
import { ReportDraft, ReportSection } from '../core/report.ts';
import { dataFolder } from '../core/resources.ts';

/** The one that a case without a draft begins with. */
export const DEFAULT_TEMPLATE = 'customer-summary';

/** Until the case gives its own. */
const TITLE = 'Node log report';

const TemplateSource = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  context: ReportDraft.unwrap().shape.context,
  sections: z.array(
    z.strictObject({
      kind: ReportSection.unwrap().shape.kind,
      heading: ReportSection.unwrap().shape.heading,
      shown: ReportSection.unwrap().shape.shown.default('yes'),
    }),
  ),
});

let templates: readonly ReportTemplate[] | null = null;

/** @returns the shipped templates, the default one first, then by title. Throws an Error that names the file that is none. */
export function reportTemplates(): readonly ReportTemplate[] {
  templates ??= readdirSync(dataFolder('report/templates'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readTemplate(path.join(dataFolder('report/templates'), name)))
    .sort((one, two) => (rank(one) < rank(two) ? -1 : 1));
  return templates;
}

function rank({ id, title }: ReportTemplate): string {
  return id === DEFAULT_TEMPLATE ? '' : title;
}

/** @returns the draft that a case without one begins with. @param title of the case. */
export function defaultDraft(title: string): ReportDraft {
  const template = reportTemplates().find(({ id }) => id === DEFAULT_TEMPLATE);
  if (template === undefined) throw new Error(`the template ${DEFAULT_TEMPLATE} is not there`);
  const own = title
    .trim()
    .slice(0, ReportDraft.unwrap().shape.title.maxLength ?? undefined)
    .trim();
  return { ...template.draft, title: own === '' ? TITLE : own };
}

function readTemplate(file: string): ReportTemplate {
  const text = readFileSync(file, 'utf8');
  const read = TemplateSource.safeParse(parsedAtBuild(text) ?? parse(text, { schema: 'core', maxAliasCount: 0 }));
  if (!read.success) throw new Error(`${path.basename(file)} is no template of a report: ${read.error.message}`);
  const { id, title, description, context, sections } = read.data;
  return {
    id,
    title,
    description,
    draft: {
      template: id,
      title: TITLE,
      sections: sections.map((section) => ({ ...section, text: '' })),
      leftOut: [],
      order: [],
      context,
      redaction: null,
    },
  };
}
