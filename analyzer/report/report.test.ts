import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPORT_FORMATS, ReportReference } from '../contract/report.ts';
import { BundleId } from '../core/ids.ts';
import type { Finding } from '../core/vocabulary.ts';
import { CaseDocument } from './document.ts';
import type { DocumentInput } from './make-document.ts';
import { readReferences, referenceJson } from './references.ts';
import { renderReport } from './report.ts';
import { sampleDocument, sampleInput } from './report-sample.ts';
import { visible } from './visible.ts';

const FORMATS = REPORT_FORMATS;

/** What a browser would show: tags away, entities back. */
function shownText(html: string): string {
  const entities: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    '#39': "'",
    '#96': '`',
    '#61': '=',
  };
  return html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}

/** Tags with everything variable taken out: what the document is made of. */
function skeleton(html: string): ReadonlySet<string> {
  return new Set(
    [...html.matchAll(/<[^>]*>/g)].map(([tag]) =>
      tag
        .replace(/"(?:#?(?:R-)?[FLAN]\d+(?:-\d+)?)"/g, '"label"')
        .replace(/data-reference="[^"]*"/, 'data-reference')
        .replace(/sha256-[\w+/&#;]*/, 'sha256'),
    ),
  );
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style><script src=//evil.example/x.js></script>',
  '[click](javascript:alert(1))',
  '![x](http://evil.example/pixel.png)',
  '<http://evil.example>',
  'http://evil.example/a www.evil.example a@evil.example',
  '``` \n# heading\n<b>bold</b>\n```',
  '`code` and <i>',
  '\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007',
  'report\u202egpj.exe\u2066x',
  '&lt;script&gt; &#60;b&#62; &amp;',
  '| a | b |\n|---|---|\n| c | d |',
  '- item\n1. item\n> quote\n---\n+ x\n= y\n~~~\n~~~',
  '*bold* _it_ ~~no~~ $x$ ^y^ \\<b\\>',
  '<!-- comment --> <![CDATA[x]]> <?php ?>',
  '\u0000\uffff\ud800',
];

const ANY_TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom(...HOSTILE, '<', '>', '"', "'", '`', '|', '\n', 'a'), { maxLength: 6 })
    .map((parts) => parts.join('')),
);

const textOf = (format: (typeof FORMATS)[number], say?: (text: string) => string): string =>
  renderReport(sampleDocument(say), format).text;

/** As a person reads it. */
function shownAs(format: (typeof FORMATS)[number], text: string): string {
  return format === 'html' ? shownText(text) : text;
}

describe('renderReport', () => {
  it.each(FORMATS)('%s: the same document gives the same bytes', (format) => {
    expect(renderReport(sampleDocument(), format)).toEqual(renderReport(sampleDocument(), format));
  });

  it.each(FORMATS)('%s: shows every claim with every line, its place and its hash', (format) => {
    const document = sampleDocument();
    const text = shownAs(format, renderReport(document, format).text);
    const inJson = format === 'json' || format === 'yaml';
    const written = (one: string): string => (inJson ? JSON.stringify(one).slice(1, -1) : one);
    expect(document.findings.flatMap(({ evidence }) => evidence)).toHaveLength(3);
    for (const { label, claim, evidence } of document.findings) {
      expect(text).toContain(label);
      expect(format === 'md' || format === 'html' ? text.replaceAll('`', '') : text).toContain(
        inJson ? written(claim) : claim.replaceAll('`', ''),
      );
      for (const one of evidence) {
        expect(text).toContain(one.sha256);
        expect(text).toContain(one.label);
        for (const line of one.lines) expect(text).toContain(written(line.text));
        const place = one.endLine > one.line ? `${one.line}-${one.endLine}` : `${one.line}`;
        if (format !== 'json') expect(text).toContain(`${one.file}:${place}`);
      }
    }
    for (const { label, evidence } of document.kept) {
      expect(text).toContain(label);
      for (const line of evidence.lines) expect(text).toContain(written(line.text));
    }
  });

  it.each(['html', 'md', 'json'] as const)('%s: says what is not known, what to ask, and what was pinned', (format) => {
    const text = shownAs(format, textOf(format));
    for (const known of [
      'whether IPVS services exist',
      'ipvsadm.txt was not collected',
      'unexpected end',
      'middle of a member',
      'iptables-legacy-save | head -50',
      'It goes out untranslated: no rule of the nat table matches it.',
      'as the customer tried',
      'The first that is seen of it',
      'Seen by the customer as well.',
    ]) {
      expect(text).toContain(known);
    }
  });

  it.each(['html', 'md'] as const)('tells of bundles that could not be opened among the gaps: %s', (format) => {
    const of = (change: (input: DocumentInput) => Partial<DocumentInput>): string => {
      const document = sampleDocument(undefined, (input) => ({ ...input, ...change(input) }));
      return shownAs(format, renderReport(document, format).text).replace(/\s+/g, ' ');
    };
    const lost = { bundle: BundleId.parse('5'.repeat(64)), because: 'its file is missing', advice: 'Import it again.' };
    const none = { gaps: [], gapsNotListed: 0 };
    const without = ({ bundles }: DocumentInput) => ({ bundles: bundles.map((one) => ({ ...one, ...none })) });
    const losing = ({ analysis }: DocumentInput) => ({
      analysis: { ...analysis, coverage: { ...analysis.coverage, bundlesNotOpened: [lost] } },
    });
    expect(of(without)).toContain('every member of every archive was read to its end');
    for (const shown of [
      of((input) => ({ ...without(input), ...losing(input) })),
      of((input) => ({ bundles: [], ...losing(input) })),
    ]) {
      expect(shown).toContain(
        'Matters: Bundle 555555555555 of this case could not be opened (its file is missing): nothing of it was looked at. Import it again.',
      );
      expect(shown).not.toContain('every member of every archive was read to its end');
    }
    const empty = of(() => ({ bundles: [] }));
    expect(empty).toContain('No archive was read.');
    expect(empty).not.toContain('read to its end');
  });

  it.each(['html', 'md'] as const)('tells of files of rules that were not used, of no node: %s', (format) => {
    const document = sampleDocument(undefined, (input) => {
      const { coverage, ...rest } = input.analysis;
      const bundle = coverage.analyzers[0]?.bundle;
      if (bundle === undefined) throw new Error('the sample has checks');
      const outcome = { outcome: 'failed', why: 'Rules not used: mine.yaml, and 2 more in this file' } as const;
      const analyzers = [...coverage.analyzers, { id: 'rules', bundle, outcome }];
      return { ...input, analysis: { ...rest, coverage: { ...coverage, analyzers } } };
    });
    const shown = shownAs(format, renderReport(document, format).text);
    expect(shown).toContain('Rules not used: mine.yaml, and 2 more in this file');
    expect(shown).toContain('1 failed');
    expect(shown).not.toMatch(/Failed: `?rules/);
  });

  it('numbers cited lines as the file does', () => {
    expect(textOf('html')).toMatch(/<span class="n">88<\/span><span class="t">E0301/);
    expect(textOf('html')).toMatch(/<span class="n">89<\/span><span class="t">I0301/);
    expect(textOf('md')).toMatch(/^89 {2}I0301/m);
  });

  it('sets the lines around an excerpt apart from what is cited', () => {
    const line = (number: number, text: string, more = 0) => ({ number, text, more });
    const document = sampleDocument(undefined, (input) => ({
      ...input,
      contextOf: ({ line: at, endLine }) => ({
        before: [line(at - 1, 'the one before')],
        after: [line(endLine + 1, 'the one behind', 1200)],
      }),
    }));
    const html = renderReport(document, 'html').text;
    expect(html).toContain('<div class="around"><span class="n">87</span><span class="t">the one before</span></div>');
    expect(shownText(html)).toContain('90the one behind (1,200 more characters)');
    const md = renderReport(document, 'md').text;
    expect(md).toMatch(/^ {2}87 {2}the one before\n> 88 {2}E0301/m);
    expect(md).toMatch(/^ {2}90 {2}the one behind \(1,200 more characters\)/m);
  });

  it.each(['html', 'md'] as const)(
    '%s: has the sections of the draft in its order, with its headings and words',
    (format) => {
      const document = sampleDocument(undefined, (input) => ({
        ...input,
        draft: {
          ...input.draft,
          sections: [
            { kind: 'ask', heading: 'First of all', shown: 'yes', text: '' },
            { kind: 'findings', heading: 'What there is', shown: 'no', text: 'nobody sees this' },
            { kind: 'text', heading: 'Our <b>words</b>', shown: 'yes', text: 'One.\n\nTwo | three.' },
            { kind: 'verdict', heading: 'At last', shown: 'yes', text: '' },
            { kind: 'comparisons', heading: 'Nothing pinned', shown: 'yes', text: '' },
          ],
        },
      }));
      expect(document.sections.map(({ heading }) => heading)).toEqual(['First of all', 'Our <b>words</b>', 'At last']);
      const text = renderReport(document, format).text;
      const places = ['First of all', 'Our', 'Two', 'At last', 'References'].map((one) => text.indexOf(one));
      expect(places).not.toContain(-1);
      expect(places).toEqual([...places].sort((one, two) => one - two));
      expect(text).not.toContain('nobody sees this');
      expect(text).not.toContain('What there is');
      // What the verdict rests on can be looked up all the same.
      expect(document.findings.map(({ label, chosen }) => [label, chosen])).toEqual([['F1', 'chosen']]);
      expect(document.references.map(({ label }) => label)).toEqual(['F1.1']);
    },
  );

  it('HTML loads and runs nothing, and its policy names its own style', () => {
    const text = textOf('html');
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    const decoded = policy.replaceAll('&#39;', "'").replaceAll('&#61;', '=');
    expect(decoded).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    expect(text).not.toMatch(/<(script|img|link|iframe|object|embed|form|base|video|audio)\b/i);
    expect(text).not.toMatch(/\s(src|style|on\w+)\s*=/i);
    expect(style).not.toMatch(/url\(|@import/i);
    const links = [...text.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) {
      expect(link).toMatch(/^#(R-)?[FLAN]\d+(-\d+)?$/);
      expect(text.split(`id="${link.slice(1)}"`)).toHaveLength(2);
    }
  });

  it('HTML: the title at the top of a printed page ends no string of the style', () => {
    const title = '"; } </style><script>alert(1)</script> \\" /*';
    const document = { ...sampleDocument(), title };
    const { text } = renderReport(document, 'html');
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
    const content = /@top-left \{ content: "([^"]*)";/.exec(style)?.[1] ?? '';
    const back = content.replace(/\\([0-9a-f]+) /g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
    expect(back).toBe(title);
    expect(text).not.toMatch(/<script/);
  });

  it.each(HOSTILE)('HTML: text stays text: %j', (hostile) => {
    const plain = skeleton(textOf('html'));
    const text = textOf('html', (own) => `${own} ${hostile}`);
    for (const tag of skeleton(text)) expect([...plain, '<span class="acting">', '<code>', '</code>']).toContain(tag);
  });

  it('HTML: no text of any kind makes a tag, an attribute or a link', () => {
    const plain = skeleton(textOf('html'));
    const allowed = new Set([...plain, '<span class="acting">', '<code>', '</code>']);
    fc.assert(
      fc.property(ANY_TEXT, (any) => {
        const text = textOf('html', (own) => own + any);
        for (const tag of skeleton(text)) expect(allowed.has(tag) ? '' : tag).toBe('');
        expect(visible(text.replaceAll('\n', ''))).toBe(text.replaceAll('\n', ''));
      }),
      { numRuns: 60 },
    );
  });

  it.each(HOSTILE)('Markdown: text stays text: %j', (hostile) => {
    const text = textOf('md', (own) => `${own} ${hostile}`);
    // Outside code nothing of the customer's may open a tag, a link, an image, a heading or a table.
    const outside = withoutCode(text);
    expect(outside).not.toMatch(/(?<!\\)</);
    expect(outside).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[/);
    expect(outside).not.toMatch(/https?:\/\/|www\./i);
    expect(outside).not.toMatch(/(?<!\\)&/);
    expect(outside).not.toMatch(/(?<!\\)@/);
    expect(visible(text.replaceAll('\n', ''))).toBe(text.replaceAll('\n', ''));
    const ours = [...textOf('md').matchAll(/^#+ .{5}/gm)].map(([head]) => head);
    for (const [head] of outside.matchAll(/^#+ .{5}/gm)) expect(ours).toContain(head);
    // Rows of tables have the cells that their heads have, whatever stands in them.
    expect(tableShapes(outside)).toEqual(tableShapes(withoutCode(textOf('md'))));
  });

  it.each(['json', 'yaml'] as const)('%s: gives every text back as it was, and none of it acts', (format) => {
    fc.assert(
      fc.property(ANY_TEXT, (any) => {
        const text = textOf(format, (own) => own + any);
        expect(visible(text.replaceAll('\n', ''))).toBe(text.replaceAll('\n', ''));
        if (format === 'json') {
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(sampleDocument((own) => own + any))));
          return;
        }
        const read = parse(text, { schema: 'core' });
        expect(Object.keys(read)).toEqual([
          'root_cause',
          'evidence',
          'severity',
          'mitigation',
          'reference_count',
          'redacted',
          'references',
        ]);
        expect(read.root_cause).toBe((sampleDocument((own) => own + any).verdict?.sentence ?? '').toWellFormed());
        expect(read.evidence.every(({ type }: { type: string }) => type === 'finding' || type === 'log')).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it.each(FORMATS)('%s: carries the same references', (format) => {
    const { references } = sampleDocument();
    expect(references.map(({ label }) => label)).toEqual(['F1.1', 'F2.1', 'F2.2', 'L1', 'A1.1', 'N1.1']);
    expect(readReferences(textOf(format))).toEqual({ ok: true, format, references, redacted: 'no' });
  });

  it('JSON: is the document, which its schema describes', () => {
    const document = sampleDocument();
    const read = JSON.parse(textOf('json'));
    expect(read).toEqual(document);
    expect(CaseDocument.parse(read)).toEqual(document);
    expect(Object.keys(read).slice(0, 4)).toEqual(['schema', 'title', 'template', 'generatedAt']);
    expect(read).toMatchObject({ schema: 'coldcase-report/2', generatedBy: { name: 'Coldcase', version: '0.1.0' } });
  });

  it('keeps what the verdict rests on, and counts what the engineer left out', () => {
    const [cause, sync] = sampleInput().analysis.findings as readonly [Finding, Finding];
    const onlySync = sampleDocument(undefined, (input) => ({ ...input, findings: [sync] }));
    expect(onlySync.findings.map(({ id, chosen }) => [id, chosen])).toEqual([
      [cause.id, 'cited'],
      [sync.id, 'chosen'],
    ]);
    const onlyCause = renderReport(
      sampleDocument(undefined, (input) => ({ ...input, findings: [cause] })),
      'html',
    ).text;
    expect(onlyCause).not.toContain(sync.evidence[0].sha256);
    expect(shownText(onlyCause)).toContain('1 more finding of the analysis is not in this report');
  });

  it('puts first what the draft puts first', () => {
    const [cause, sync] = sampleInput().analysis.findings as readonly [Finding, Finding];
    const ordered = sampleDocument(undefined, (input) => ({ ...input, draft: { ...input.draft, order: [sync.id] } }));
    expect(ordered.findings.map(({ id, label }) => [id, label])).toEqual([
      [sync.id, 'F1'],
      [cause.id, 'F2'],
    ]);
    expect(ordered.causes).toMatchObject([{ rank: 1, finding: 'F2', explains: ['F1'] }]);
    expect(ordered.verdict?.finding).toBe('F2');
  });

  it.each(FORMATS)('%s: says that nothing found is not health', (format) => {
    const healthy = sampleDocument(undefined, (input) => ({
      ...input,
      findings: [],
      analysis: { ...input.analysis, findings: [], causes: [], verdict: { ...input.analysis.verdict, cause: null } },
    }));
    const { text } = renderReport(healthy, format);
    if (format === 'json') expect(JSON.parse(text)).toMatchObject({ findings: [], verdict: { finding: null } });
    else if (format === 'yaml') expect(text).toContain('root_cause: "not established"');
    else expect(text).toContain('This does not show that the node is healthy');
  });

  it.each([
    ['CS-48213 Services time out', 'cs-48213-services-time-out-report.html'],
    ['../../etc/passwd\u0000', 'etc-passwd-report.html'],
    ['\u202e\u4e2d', 'case-report.html'],
  ])('names the file of %j plainly', (title, fileName) => {
    expect(renderReport({ ...sampleDocument(), title }, 'html').fileName).toBe(fileName);
  });
});

describe('references of a report', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      ...HOSTILE,
      '{"schema":"x"}',
      '["F1.1"',
      'references:',
      '  - {',
      '```',
      '\n```\n',
      '</table>',
      '&quot;',
      '&#34;',
    ),
  );
  const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
  const reference = fc.record({
    label: fc.stringMatching(/^[FLAN][1-9]\d?(\.\d{1,3})?$/),
    bundle: hex,
    node: fc.option(name),
    file: name,
    fileId: fc.nat({ max: 200_000 }).map((one) => one + 1),
    line: fc.nat().map((one) => one + 1),
    endLine: fc.nat().map((one) => one + 1),
    byteStart: fc.nat(),
    byteEnd: fc.nat(),
    sha256: hex,
  });

  it.each(FORMATS)('%s: are read back as they were, whatever nodes and files are called', (format) => {
    fc.assert(
      fc.property(fc.array(reference, { maxLength: 5 }), fc.boolean(), name, (any, isRedacted, title) => {
        const references = any.map((one) => ReportReference.parse(one));
        const redaction = isRedacted ? { profiles: [], replaced: [], kept: [] } : null;
        const { text } = renderReport(
          { ...sampleDocument((own) => own + title), title, references, redaction },
          format,
        );
        const expected = { ok: true, format, references, redacted: isRedacted ? 'yes' : 'no' };
        expect(readReferences(text)).toEqual(expected);
        // As a mail or a version control system may hand it on.
        expect(readReferences(text.replaceAll('\n', '\r\n'))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['nothing', ''],
    ['text', 'a report about nothing'],
    ['JSON of something else', '{"references": []}'],
    ['HTML of something else', '<!DOCTYPE html><p>report</p>'],
    ['YAML of something else', 'root_cause: "x"\nreferences:\n  - {}\n'],
  ])('are not found in %s', (_, text) => {
    expect(readReferences(text)).toMatchObject({
      ok: false,
      because: 'This is no report of Coldcase: it carries no references.',
    });
  });

  it.each(FORMATS)('%s: a report that was cut short is none with fewer references', (format) => {
    const text = textOf(format);
    const { references } = sampleDocument();
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), (at) => {
        const read = readReferences(text.slice(0, at));
        if (read.ok) expect(read.references).toEqual(references);
      }),
      { numRuns: 200 },
    );
    const lines = text.split('\n');
    const last = lines.findLastIndex((line) => line.includes(references.at(-1)?.sha256 ?? ''));
    expect(readReferences([...lines.slice(0, last), ...lines.slice(last + 1)].join('\n')).ok).toBe(false);
  });

  it.each(FORMATS)('%s: a later version and a damaged reference are told', (format) => {
    const text = textOf(format);
    if (format !== 'yaml') {
      expect(readReferences(text.replaceAll('coldcase-report/2', 'coldcase-report/3'))).toMatchObject({
        ok: false,
        because: 'The report is of another version of Coldcase: coldcase-report/3, this one reads coldcase-report/2.',
      });
    }
    const { sha256 } = sampleDocument().references[1] ?? { sha256: '' };
    expect(readReferences(text.replaceAll(sha256, 'X'))).toMatchObject({
      ok: false,
      because: 'Reference 2 of the report is damaged.',
    });
  });

  it('one is a line of JSON without anything that acts', () => {
    const [one] = sampleDocument((own) => `${own}\u202e\n\u0000\u{e0041}`).references;
    const text = referenceJson(one as ReportReference);
    expect(visible(text)).toBe(text);
    expect(JSON.parse(text)).toEqual(one);
  });
});

/** @returns for each table of a Markdown document, how many cells each row has. */
function tableShapes(markdown: string): readonly string[] {
  return markdown
    .split(/\n(?!\|)/)
    .filter((block) => block.startsWith('|'))
    .map((block) =>
      block
        .split('\n')
        .map((row) => row.replace(/\\./g, '').split('|').length)
        .join(' '),
    );
}

/** @returns the document without fenced blocks and code spans, by CommonMark's own rules for both. */
function withoutCode(markdown: string): string {
  let fence = '';
  const kept: string[] = [];
  for (const line of markdown.split('\n')) {
    const run = /^(`{3,})/.exec(line)?.[1] ?? '';
    if (fence === '') {
      if (run === '') kept.push(line.replace(/\\`/g, '').replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, ''));
      else fence = run;
    } else if (run.length >= fence.length && line.trim() === run) fence = '';
  }
  expect(fence).toBe('');
  return kept.join('\n');
}
