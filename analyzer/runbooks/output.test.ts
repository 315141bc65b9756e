import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RunbookOutput } from '../core/runbook.ts';
import { printOutput } from './output.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const anything = fc.oneof(
  text,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('true', 'null', '- a', '# x', 'a: b', '"', "'", '1'),
);
const output: fc.Arbitrary<RunbookOutput> = fc.record({
  root_cause: anything,
  evidence: fc.array(fc.record({ type: anything, content: anything }), { maxLength: 3 }),
  severity: anything,
  mitigation: fc.record({ immediate: anything, long_term: anything }),
});

test('whatever was captured, a reader of YAML gets the four keys and their texts, and no more', () => {
  fc.assert(
    fc.property(output, anything, (one, because) => {
      const said = {
        because,
        mitigation: [{ when: 'immediate', text: because, safety: 'RED', because } as const],
        escalation: [{ condition: because, state: 'holds', because, findings: [] } as const],
      };
      const wellFormed = JSON.parse(JSON.stringify(one), (_key, value: unknown) =>
        typeof value === 'string' ? value.toWellFormed() : value,
      ) as unknown;
      expect(parse(printOutput(one, said))).toEqual(wellFormed);
    }),
  );
});
