import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../core/vocabulary.ts';
import { buildReport, type ReportKind } from './report.ts';
import { sampleInput } from './report-sample.ts';
import { visible } from './visible.ts';

const FORMATS: readonly ReportKind[] = ['html', 'md', 'json'];

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
  return new Set([...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"#?F\d+(-E\d+)?"/g, '"label"')));
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

describe('buildReport', () => {
  it.each(FORMATS)('%s: the same input gives the same bytes', (format) => {
    expect(buildReport(sampleInput(), format)).toEqual(buildReport(sampleInput(), format));
  });

  it.each(FORMATS)('%s: shows every claim with every line, its place and its hash', (format) => {
    const input = sampleInput();
    const text = format === 'html' ? shownText(buildReport(input, format).text) : buildReport(input, format).text;
    for (const finding of input.analysis.findings) {
      expect(text).toContain(finding.rule);
      expect(text).toContain(finding.confidence.because);
      for (const evidence of finding.evidence) {
        expect(text).toContain(evidence.sha256);
        for (const line of evidence.text.split('\n'))
          expect(text).toContain(format === 'json' ? JSON.stringify(line).slice(1, -1) : line);
        if (format !== 'json') {
          const place = evidence.endLine > evidence.line ? `${evidence.line}-${evidence.endLine}` : `${evidence.line}`;
          expect(text).toContain(`${evidence.file}:${place}`);
        }
      }
    }
    for (const known of [
      'whether IPVS services exist',
      'ipvsadm.txt was not collected',
      'unexpected end',
      'middle of a member',
      'iptables-legacy-save | head -50',
    ]) {
      expect(text).toContain(known);
    }
  });

  it.each(['html', 'md'] as const)('tells of files of rules that were not used, of no node: %s', (format) => {
    const input = sampleInput();
    const { coverage, ...rest } = input.analysis;
    const bundle = coverage.analyzers[0]?.bundle;
    if (bundle === undefined) throw new Error('the sample has checks');
    const outcome = { outcome: 'failed', why: 'Rules not used: mine.yaml, and 2 more in this file' } as const;
    const analyzers = [...coverage.analyzers, { id: 'rules', bundle, outcome }];
    const { text } = buildReport({ ...input, analysis: { ...rest, coverage: { ...coverage, analyzers } } }, format);
    const shown = format === 'html' ? shownText(text) : text;
    expect(shown).toContain('Rules not used: mine.yaml, and 2 more in this file');
    expect(shown).toContain('1 failed');
    expect(shown).not.toMatch(/Failed: `?rules/);
  });

  it('numbers cited lines as the file does', () => {
    const { text } = buildReport(sampleInput(), 'html');
    expect(text).toMatch(/<span class="n">88<\/span><span class="t">E0301/);
    expect(text).toMatch(/<span class="n">89<\/span><span class="t">I0301/);
    expect(buildReport(sampleInput(), 'md').text).toMatch(/^89 {2}I0301/m);
  });

  it('says the verdict first, then causes, findings, questions, limits, origin', () => {
    const { text } = buildReport(sampleInput(), 'html');
    const places = [
      'class="sentence"',
      'Causes, most likely first',
      'Findings: 1 critical, 1 high',
      'Findings in full',
      'To ask the customer',
      'what is not known',
      'Nodes and versions',
      'Where this comes from',
    ].map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('HTML loads and runs nothing, and its policy names its own style', () => {
    const { text } = buildReport(sampleInput(), 'html');
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
      expect(link).toMatch(/^#F\d+(-E\d+)?$/);
      expect(text).toContain(`id="${link.slice(1)}"`);
    }
  });

  it.each(HOSTILE)('HTML: text stays text: %j', (hostile) => {
    const plain = skeleton(buildReport(sampleInput(), 'html').text);
    const { text } = buildReport(
      sampleInput((own) => `${own} ${hostile}`),
      'html',
    );
    for (const tag of skeleton(text)) expect([...plain, '<span class="acting">', '<code>', '</code>']).toContain(tag);
  });

  it('HTML: no text of any kind makes a tag, an attribute or a link', () => {
    const plain = skeleton(buildReport(sampleInput(), 'html').text);
    const allowed = new Set([...plain, '<span class="acting">', '<code>', '</code>']);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc
            .array(fc.constantFrom(...HOSTILE, '<', '>', '"', "'", '`', '\n', 'a'), { maxLength: 6 })
            .map((parts) => parts.join('')),
        ),
        (any) => {
          const { text } = buildReport(
            sampleInput((own) => own + any),
            'html',
          );
          for (const tag of skeleton(text)) expect(allowed.has(tag) ? '' : tag).toBe('');
          expect(visible(text.replaceAll('\n', ''))).toBe(text.replaceAll('\n', ''));
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(HOSTILE)('Markdown: text stays text: %j', (hostile) => {
    const { text } = buildReport(
      sampleInput((own) => `${own} ${hostile}`),
      'md',
    );
    // Outside code nothing of the customer's may open a tag, a link, an image, a heading or a table.
    const outside = withoutCode(text);
    expect(outside).not.toMatch(/(?<!\\)</);
    expect(outside).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[/);
    expect(outside).not.toMatch(/https?:\/\/|www\./i);
    expect(outside).not.toMatch(/(?<!\\)&/);
    expect(outside).not.toMatch(/(?<!\\)@/);
    expect(outside).not.toMatch(/^\s*\|/m);
    expect(visible(text.replaceAll('\n', ''))).toBe(text.replaceAll('\n', ''));
    const ours = [...buildReport(sampleInput(), 'md').text.matchAll(/^#+ .{5}/gm)].map(([head]) => head);
    for (const [head] of outside.matchAll(/^#+ .{5}/gm)) expect(ours).toContain(head);
  });

  it('JSON: stable keys, documented ones of a finding first', () => {
    const document = JSON.parse(buildReport(sampleInput(), 'json').text) as { readonly findings: readonly object[] };
    expect(Object.keys(document)).toEqual([
      'schema',
      'case',
      'generatedAt',
      'generatedBy',
      'verdict',
      'causes',
      'findings',
      'findingsNotInReport',
      'askCustomer',
      'coverage',
      'completeness',
      'nodes',
      'bundles',
    ]);
    expect(Object.keys(document.findings[0] ?? {}).slice(0, 13)).toEqual([
      'id',
      'rule',
      'title',
      'severity',
      'confidence',
      'owner',
      'node',
      'first',
      'last',
      'count',
      'evidence',
      'entities',
      'advice',
    ]);
    expect(document).toMatchObject({
      schema: 'coldcase-report/1',
      generatedBy: { name: 'Coldcase', version: '0.1.0' },
    });
  });

  it('keeps what the verdict rests on, and counts what the engineer left out', () => {
    const input = sampleInput();
    const [cause, sync] = input.analysis.findings as readonly [Finding, Finding];
    const onlySync = JSON.parse(buildReport({ ...input, findings: [sync] }, 'json').text) as {
      findings: { id: string; chosen: string }[];
    };
    expect(onlySync.findings.map(({ id, chosen }) => [id, chosen])).toEqual([
      [cause.id, 'cited'],
      [sync.id, 'chosen'],
    ]);
    const onlyCause = buildReport({ ...input, findings: [cause] }, 'html').text;
    expect(onlyCause).not.toContain(sync.evidence[0].sha256);
    expect(shownText(onlyCause)).toContain('1 more finding of the analysis is not in this report');
  });

  it.each(FORMATS)('%s: says that nothing found is not health', (format) => {
    const input = sampleInput();
    const healthy = {
      ...input,
      findings: [],
      analysis: { ...input.analysis, findings: [], causes: [], verdict: { ...input.analysis.verdict, cause: null } },
    };
    const { text } = buildReport(healthy, format);
    if (format !== 'json') expect(text).toContain('This does not show that the node is healthy');
    else expect(JSON.parse(text)).toMatchObject({ findings: [], causes: [], verdict: { cause: null } });
  });

  it.each([
    ['CS-48213 Services time out', 'cs-48213-services-time-out-report.html'],
    ['../../etc/passwd\u0000', 'etc-passwd-report.html'],
    ['\u202e\u4e2d', 'case-report.html'],
  ])('names the file of %j plainly', (caseTitle, fileName) => {
    expect(buildReport({ ...sampleInput(), caseTitle }, 'html').fileName).toBe(fileName);
  });
});

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
