/** What holds for the shipped rules together. What holds for each alone is in shipped.test.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { ANALYZERS } from '../analyzers/registry.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { dataFolder } from '../core/resources.ts';
import { PARTS } from '../core/vocabulary.ts';
import { ROLES } from '../layouts/roles.ts';
import { RunbookShelf } from '../runbooks/loader.ts';
import { loadRules } from './loader.ts';
import { matchRules } from './match.ts';
import { ruleMatchesText } from './rule-lines.ts';
import { AREAS, type Rule } from './schema.ts';

const { rules } = loadRules(dataFolder('rules'), ROLES);

/** Analyzers that hold bundles against each other are not registered, and some state findings under another id. */
const ANALYZER_FOLDER = path.join(import.meta.dirname, '../analyzers');
const statedByAnalyzers = readdirSync(ANALYZER_FOLDER)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(path.join(ANALYZER_FOLDER, name), 'utf8').matchAll(/\brule: '([a-z0-9-]+)'/g)])
  .map(([, id = '']) => id);
const FINDING_IDS = new Set([...rules.map((rule) => rule.id), ...ANALYZERS.map(({ id }) => id), ...statedByAnalyzers]);

const shipped = await new RunbookShelf().load([{ path: dataFolder('runbooks'), origin: 'shipped' }]);
const RUNBOOK_IDS = new Set(shipped.runbooks.map(({ runbook }) => runbook.id));

describe('ids that rules refer to', () => {
  it('knows the ids of analyzers that hold bundles against each other', () => {
    expect(FINDING_IDS).toContain('service-disagreement');
  });

  it('are ids of rules, of analyzers, or of what shows across bundles', () => {
    const unknown = rules.flatMap((rule) =>
      (['explains', 'explainedBy', 'secondSignal'] as const).flatMap((field) =>
        rule[field].filter((id) => !FINDING_IDS.has(id)).map((id) => `${rule.id} ${field}: ${id}`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('are not those of the rule itself, and none is an analyzer and a rule', () => {
    const own = rules.filter((rule) => [...rule.explains, ...rule.explainedBy, ...rule.secondSignal].includes(rule.id));
    expect(own.map((rule) => rule.id)).toEqual([]);
    const analyzers = new Set([...ANALYZERS.map(({ id }) => id), ...statedByAnalyzers]);
    expect(rules.filter((rule) => analyzers.has(rule.id)).map((rule) => rule.id)).toEqual([]);
  });

  it('are runbooks that there are', () => {
    expect(RUNBOOK_IDS).toContain('D2');
    const unknown = rules.flatMap((rule) =>
      (rule.runbooks ?? []).filter((id) => !RUNBOOK_IDS.has(id)).map((id) => `${rule.id}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });
});

const rolesOf = (rule: Rule): readonly string[] => [...new Set(rule.where.flatMap((entry) => entry.roles))];
const matchesAnywhere = (rule: Rule, text: string): boolean =>
  rolesOf(rule).some((role) => ruleMatchesText(rule, role, text));
const firstLine = (sample: string): string => sample.split('\n', 1)[0] ?? '';

/** The text without the literals, and otherwise as it was: as another program would have said it. */
const without = (literals: readonly string[], text: string): string =>
  literals.reduce((left, literal) => left.replaceAll(literal, '~'.repeat(literal.length)), text);

describe('samples', () => {
  it('need every literal: one that nothing rests on is a guess', () => {
    const unused = rules.flatMap((rule) =>
      rule.match.flatMap((entry) =>
        entry.literals
          .filter((literal) => {
            const alone = { ...rule, match: [{ ...entry, literals: [literal] }] };
            return !rule.samples.match.some((sample) => matchesAnywhere(alone, sample));
          })
          .map((literal) => `${rule.id}: ${literal}`),
      ),
    );
    expect(unused).toEqual([]);
  });

  it('miss as soon as what a match requires is said in other words', () => {
    const wrong = rules.flatMap((rule) =>
      rule.samples.match.flatMap((sample) => {
        const line = firstLine(sample);
        const lines = rule.where.flatMap((entry) => entry.line ?? []);
        const shared = rule.where.every((entry) => entry.line !== undefined) ? [without(lines, line)] : [];
        const all = rule.match.flatMap((entry) => entry.literals);
        return [without(all, line), ...shared]
          .filter((changed) => changed === line || matchesAnywhere(rule, changed))
          .map((changed) => `${rule.id}: ${changed}`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('are matched by the entry that their literals belong to, and by that alone when it is altered', () => {
    const wrong = rules.flatMap((rule) =>
      rule.match.flatMap((entry, nth) => {
        const only = { ...rule, match: [entry] };
        const resting = rule.samples.match.filter((sample) => matchesAnywhere(only, sample));
        if (resting.length === 0) return [`${rule.id}: no sample rests on match ${nth}`];
        return resting
          .filter((sample) => matchesAnywhere(only, without(entry.literals, firstLine(sample))))
          .map((sample) => `${rule.id}: ${sample}`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  /** What works again is said by lines that rules of failures miss on purpose. */
  it('that a rule misses are matched by no other rule of the same files, but those of recovery', () => {
    const wrong = rules.flatMap((owner) =>
      owner.samples.miss.flatMap((sample) =>
        rules
          .filter((rule) => rule !== owner && rule.part !== 'recovery')
          .filter((rule) =>
            rolesOf(rule).some((role) => rolesOf(owner).includes(role) && ruleMatchesText(rule, role, sample)),
          )
          .map((rule) => `${rule.id} matches what ${owner.id} misses: ${firstLine(sample)}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it.each(ROLES.filter((role) => rules.some((rule) => rolesOf(rule).includes(role))))(
    'are counted alike line by line and by the one search for all literals: %s',
    (role) => {
      const ofRole = rules.filter((rule) => rolesOf(rule).includes(role));
      const samples = ofRole.flatMap((rule) => [...rule.samples.match, ...rule.samples.miss].map(firstLine));
      const counts = new Map(
        matchRules(asRole(`${samples.join('\n')}\n`, role), ofRole).map(({ rule, files }) => [
          rule.id,
          files.reduce((sum, file) => sum + file.count, 0),
        ]),
      );
      for (const rule of ofRole) {
        const always = { ...rule, match: rule.match.filter((entry) => entry.when === undefined) };
        const expected = samples.filter((sample) => ruleMatchesText(always, role, sample)).length;
        const otherwise = samples.filter((sample) => ruleMatchesText(rule, role, sample)).length;
        expect([rule.id, counts.get(rule.id)]).toEqual([rule.id, expected > 0 ? expected : otherwise]);
      }
    },
  );
});

/** As kubelet prints what a pod said: with fields, before 1.21, in JSON, and as an event. */
const KLOG = 'I0803 11:04:12.774000    1180';
const QUOTING: readonly (readonly [area: string, line: (output: string) => string])[] = [
  ['probes', (output) => `${KLOG} prober.go:107] "Probe failed" probeType="Readiness" output=${quoted(output)}`],
  ['probes', (output) => `${KLOG} prober.go:118] "Probe errored" err=${quoted(output)} probeType="Liveness"`],
  ['probes', (output) => `${KLOG} prober.go:117] Liveness probe for "b_a(8c1b):web" failed (failure): ${output}`],
  ['probes', (output) => `{"ts":1.5,"caller":"prober/prober.go:107","msg":"Probe failed","output":${quoted(output)}}`],
  [
    'probes',
    (output) => `${KLOG} event.go:389] "Event occurred" message=${quoted(`Readiness probe failed: ${output}`)}`,
  ],
  ['pods', (output) => `${KLOG} kuberuntime_container.go:640] "PreStop hook failed" err=${quoted(output)}`],
  [
    'pods',
    (output) => `${KLOG} handlers.go:80] "Exec lifecycle hook for Container in Pod failed" err=${quoted(output)}`,
  ],
  [
    'pods',
    (output) =>
      `${KLOG} pod_workers.go:191] skipping: failed to "StartContainer" with PostStartHookError: ${quoted(output)}`,
  ],
];

/** %q of Go. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

describe('what kubelet quotes of a pod', () => {
  const outputs = [...new Set(rules.flatMap((rule) => rule.samples.match.map(firstLine)))];

  /** Rules that match in a log of kubelet, alone or in the journal, by the number of lines. */
  function matching(area: string | null, lines: readonly string[]): ReadonlyMap<string, number> {
    const asked = rules.filter((rule) => rule.area !== area);
    const journal = lines.map((line) => `May  1 12:00:00 node kubelet[1180]: ${line}`);
    const found = [asRole(`${lines.join('\n')}\n`, 'kubelet-log'), asRole(`${journal.join('\n')}\n`, 'system-log')];
    return new Map(
      found.flatMap((reader) =>
        matchRules(reader, asked).flatMap(({ rule, files }) => files.map(({ count }) => [rule.id, count] as const)),
      ),
    );
  }

  it.each(QUOTING.map(([area, line]) => ({ area, line, shown: line('...') })))(
    'is no claim of rules that are not about $area: $shown',
    ({ area, line }) => {
      expect([...matching(area, outputs.map(line))]).toEqual([]);
    },
  );

  it('would be one in the words of another program', () => {
    const other = (output: string) => `${KLOG} other.go:107] "Something failed" output=${quoted(output)}`;
    expect(matching(null, outputs.map(other)).size).toBeGreaterThan(rules.length / 3);
  });

  it('is none either when it has several lines, up to the line that ends them', () => {
    const begun = outputs.filter((line) => !/^[IWEF]\d{4} /.test(line));
    const text = (caller: string) =>
      begun.flatMap((output) => [`${KLOG} ${caller}:107] "It failed" output=<`, `\t${output}`, '\tmore', ' >']);
    expect([...matching('probes', text('prober.go'))]).toEqual([]);
    expect(matching('probes', text('other.go')).size).toBeGreaterThan(rules.length / 6);
  });
});

/** One file of a role, whatever its content would make of it. */
function asRole(text: string, role: string): BundleReader {
  const inner = memoryBundle({ 'a.log': text });
  const files = inner.files().map((file) => ({ ...file, role }));
  return { ...inner, files: () => files };
}

describe('coverage', () => {
  it('has why and that for every area', () => {
    const open = AREAS.filter((area) =>
      PARTS.filter((part) => part !== 'recovery').some(
        (part) => !rules.some((rule) => rule.area === area && rule.part === part),
      ),
    );
    expect(open).toEqual([]);
  });

  it('keeps a rule in the folder of its area', () => {
    const folders = readdirSync(dataFolder('rules'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !AREAS.some((area) => area === name))).toEqual([]);
    for (const { name } of folders) {
      const texts = readdirSync(path.join(dataFolder('rules'), name)).map((file) =>
        readFileSync(path.join(dataFolder('rules'), name, file), 'utf8'),
      );
      expect(texts.filter((text) => !text.includes(`\narea: ${name}\n`))).toEqual([]);
    }
  });
});
