import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CaseDocument, REPORT_SCHEMA } from './document.ts';
import { sampleDocument } from './report-sample.ts';

const PUBLISHED = path.join(import.meta.dirname, '..', '..', 'docs', 'report.schema.json');

/** Made anew by `npm run unit -- analyzer/report/document -u`. */
describe('docs/report.schema.json', () => {
  it('is the schema of the document', async () => {
    const schema = z.toJSONSchema(CaseDocument, {
      io: 'output',
      unrepresentable: 'throw',
      override: ({ jsonSchema }) => {
        delete jsonSchema.readOnly;
      },
    });
    const published = { ...schema, title: 'Report of Coldcase', $id: `urn:coldcase:${REPORT_SCHEMA}` };
    await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot(PUBLISHED);
  });

  it('names every key of a report', () => {
    const { properties, required, additionalProperties } = JSON.parse(readFileSync(PUBLISHED, 'utf8'));
    const keys = Object.keys(sampleDocument());
    expect(Object.keys(properties).sort()).toEqual([...keys].sort());
    expect([...required].sort()).toEqual([...keys].sort());
    expect(additionalProperties).toBe(false);
    expect(properties.schema).toMatchObject({ const: REPORT_SCHEMA });
  });
});
