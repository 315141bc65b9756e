import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ReportTemplate } from '../contract/report.ts';
import { REPORT_SECTION_KINDS } from '../core/report.ts';
import { dataFolder } from '../core/resources.ts';
import { DEFAULT_TEMPLATE, defaultDraft, reportTemplates } from './templates.ts';

describe('templates of reports', () => {
  it('are all read, the default one first', () => {
    const files = readdirSync(dataFolder('report/templates'));
    expect(reportTemplates().map(({ id }) => `${id}.yaml`)).toEqual([
      `${DEFAULT_TEMPLATE}.yaml`,
      ...files.filter((name) => name !== `${DEFAULT_TEMPLATE}.yaml`).sort(),
    ]);
    expect(files).toHaveLength(3);
  });

  it.each(reportTemplates().map((one) => [one.id, one] as const))(
    '%s: names each kind of section once',
    (id, template) => {
      expect(ReportTemplate.parse(template)).toEqual(template);
      expect(template.draft.template).toBe(id);
      const kinds = template.draft.sections.map(({ kind }) => kind);
      expect([...kinds].sort()).toEqual([...REPORT_SECTION_KINDS].sort());
      expect(new Set(template.draft.sections.map(({ heading }) => heading)).size).toBe(kinds.length);
      expect(template.description).toMatch(/^For .*\.$/);
    },
  );

  it('begin with the title of the case, however long', () => {
    expect(defaultDraft(' CS-1 ').title).toBe('CS-1');
    expect(defaultDraft('x'.repeat(500)).title).toHaveLength(200);
    expect(defaultDraft('').title).toBe('Node log report');
  });
});
