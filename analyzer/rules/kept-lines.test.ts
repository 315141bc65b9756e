/** What rules find must not depend on whether the lines that hold their literals were kept apart at the import. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FileToSeal, sealed } from '../../test/support/sealed-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { dataFolder } from '../core/resources.ts';
import { ROLES } from '../layouts/roles.ts';
import { loadRules } from './loader.ts';
import { matchRules } from './match.ts';
import { appliesTo } from './rule-lines.ts';
import { wantedAtImport } from './wanted-texts.ts';

const { rules } = loadRules(dataFolder('rules'), ROLES);
const FILES = ['kube-proxy-log', 'kubelet-log', 'container-runtime-log', 'system-log', 'kernel-log'];

/** The same bundle as one whose import looked for nothing. */
function withoutKept(reader: BundleReader): BundleReader {
  return new Proxy(reader, {
    get(target, name) {
      if (name === 'literalLines') return () => null;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Lines of the rules that look at files of this role, and others. */
function logOf(role: string): fc.Arbitrary<string> {
  const texts = rules
    .filter((rule) => appliesTo(rule, role))
    .flatMap((rule) => [
      ...rule.samples.match,
      ...rule.samples.miss,
      ...(rule.over?.recovery ?? []).map((text) => `I0501 12:00:50.000000       1 a.go:1] ${text}`),
    ]);
  const well = 'I0501 12:00:03.000000       1 proxier.go:1564] "all is well"\n';
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...texts) },
    { weight: 1, arbitrary: fc.constantFrom('', '\tstarts with a tab', 'x'.repeat(9000), 'ends with a return\r') },
    { weight: 1, arbitrary: fc.nat({ max: 700 }).map((lines) => well.repeat(lines)) },
  );
  return fc.array(line, { maxLength: 40 }).map((lines) => `${lines.join('\n')}\n`);
}

it('finds the same in lines that were kept apart, in blocks, and in both', async () => {
  let matched = 0;
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(fc.tuple(...FILES.map(logOf)), fc.constantFrom(1, 2, 3), (logs, every) => {
      const files = logs.map((text, nth): FileToSeal => {
        const role = FILES[nth] as string;
        return { name: `${role}.log`, role, bytes: Buffer.from(text) };
      });
      // Rules that came after the import: their literals were not looked for.
      const atImport = rules.filter((_, nth) => nth % every === 0);
      return sealed(
        files,
        (reader) => {
          const found = matchRules(reader, rules);
          expect(found).toEqual(matchRules(withoutKept(reader), rules));
          matched += found.flatMap((one) => one.files).length;
          const ids = new Set(reader.files().map(({ id }) => id));
          kept += [...(reader.literalLines()?.blocks(ids) ?? [])].filter((block) => block.kept !== null).length;
        },
        wantedAtImport(atImport),
      );
    }),
    { numRuns: 25 },
  );
  expect([matched > 50, kept > 10]).toEqual([true, true]);
});
