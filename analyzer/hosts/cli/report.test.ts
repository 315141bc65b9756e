import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MethodOutput } from '../../contract/contract.ts';
import { ok } from '../../core/failure.ts';
import { FindingId } from '../../core/ids.ts';
import type { ReportDraft } from '../../core/report.ts';
import { defaultDraft, reportTemplates } from '../../report/templates.ts';
import { unredactReport } from '../../report/unredact-report.ts';
import { testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const PROFILES = ['secrets', 'identifiers', 'network'].map((id) => ({ id, title: id, description: '', kinds: [] }));
const MAP = '{"map":1}';
const DOCUMENT = { fileName: 'a.html', mediaType: 'text/html', text: '<!DOCTYPE html>', references: 3 };

/** A world whose engine redacts when the draft says so. */
const testWorld = testWorlds({ cases: ['mine'] });

function world(kept: ReportDraft = defaultDraft('a case'), terminal: 'terminal' | 'stream' = 'stream') {
  const mapOf = (draft: { readonly redaction: unknown } | null | undefined): string | null =>
    draft?.redaction ? MAP : null;
  return testWorld({
    terminal,
    answers: {
      'report.draft': () => ok({ draft: kept, keptAt: null }),
      'report.templates': () => ok([...reportTemplates()]),
      'report.profiles': () => ok(PROFILES),
      'report.build': ({ draft }) => ok({ ...DOCUMENT, map: mapOf(draft) }),
      'report.pack': ({ draft }) =>
        ok({
          fileName: 'a-pack.zip',
          mediaType: 'application/zip',
          base64: Buffer.from('PK zip').toString('base64'),
          files: ['manifest.json'],
          references: 3,
          map: mapOf(draft),
        }),
    },
  });
}

type World = ReturnType<typeof world>;
const askedOf = (here: World, method: string) =>
  here.calls.find((one) => one.method === method)?.input as { readonly draft: ReportDraft } & Record<string, unknown>;

describe('report', () => {
  it('takes the draft of the case, or the headings of a template with the words of the case', async () => {
    const here = world({ ...defaultDraft('Ours'), order: [FindingId.parse('0123456789abcdef')] });
    expect(await here.run('report', 'mine', '--template', 'internal-note', '--context', '4')).toBe(0);
    expect(askedOf(here, 'report.build').draft).toMatchObject({
      template: 'internal-note',
      title: 'Ours',
      order: ['0123456789abcdef'],
      context: 4,
      redaction: null,
    });
    expect(await here.run('report', 'mine', '--template', 'internal-notes')).toBe(2);
    expect(here.err()).toContain('Did you mean internal-note?');
  });

  it('writes a redacted report and its map side by side, both for their owner alone', async () => {
    const here = world();
    writeFileSync(path.join(here.folder, 'words.txt'), 'Acme\r\n\nInitech\nAcme\n');
    const words = [
      '--redact',
      'network,secrets',
      '--words',
      'words.txt',
      '--keep-value',
      '10.0.0.1',
      '--keep-value',
      'x',
    ];
    expect(await here.run('report', 'mine', '-o', 'out.html', '--map', 'out.map', ...words)).toBe(0);
    expect(askedOf(here, 'report.build').draft.redaction).toEqual({
      profiles: ['network', 'secrets'],
      words: ['Acme', 'Initech'],
      keep: ['10.0.0.1', 'x'],
    });
    expect(readFileSync(path.join(here.folder, 'out.map'), 'utf8')).toBe(MAP);
    for (const name of ['out.html', 'out.map']) expect(statSync(path.join(here.folder, name)).mode & 0o777).toBe(0o600);
    expect(here.err()).toContain('do not send it');
  });

  it('writes neither when one of them cannot be written', async () => {
    const here = world();
    expect(await here.run('report', 'mine', '-o', 'no/such/out.html', '--redact', '--map', 'out.map')).toBe(2);
    expect(here.err()).toContain('no/such/out.html: There is no folder no/such.');
    expect(readdirSync(here.folder).filter((name) => name.startsWith('out'))).toEqual([]);
  });

  it.each([
    [['--redact'], '--map FILE, or --no-map'],
    [['--redact', 'nets', '--no-map'], 'no profile of this name'],
    [['--words', 'w'], 'add --redact'],
    [['--keep-value', 'w'], 'add --redact'],
    [['--map', 'm'], 'add --redact'],
    [['--redact', '--map', 'out.html', '-o', 'out.html'], 'a file of its own'],
    [['--redact', '--map', 'm', '--no-map'], '--no-map: This contradicts --map'],
    [['--redact', '--no-map', '--map', 'm'], '--map: This contradicts --no-map'],
    [['--redact', '--no-redact', '--no-map'], '--no-redact: This contradicts --redact'],
    [['--sources'], 'add --pack'],
    [['--format', 'md,html'], 'add --pack'],
    [['--format', 'pdf', '--pack'], 'no PDF'],
    [['--format', 'docx'], 'There are html, md, json, yaml, pdf.'],
    [
      ['-o', 'x.docx'],
      'x.docx: No report is written as .docx.\nThere are .html, .md, .json, .yaml, .pdf, and .zip for',
    ],
    [['-o', 'x.DOC', '--format', 'pdf'], 'No report is written as .doc.'],
    [['-o', 'x.odt', '--pack'], 'No report is written as .odt.'],
    [['-o', 'y.html', '--format', 'pdf'], 'y.html: What is written is pdf, and the name says html: end it in .pdf.'],
    [['-o', 'y.markdown', '--format', 'yaml'], 'the name says md'],
    [['-o', 'p.html', '--pack'], 'p.html: What is written is zip, and the name says html: end it in .zip.'],
    [['-o', 'p.zip'], 'A pack is made by report --pack.'],
    [['--context', '21'], 'from 0 to 20'],
  ])('%j is refused', async (words, said) => {
    const here = world();
    expect(await here.run('report', 'mine', ...words)).toBe(2);
    expect(here.err()).toContain(said);
    expect(here.out()).toBe('');
    expect(readdirSync(here.folder)).toEqual(['mine']);
  });

  it.each([
    ['y.htm', 'html'],
    ['y.Markdown', 'md'],
    ['y.yml', 'yaml'],
    ['y.json', 'json'],
    ['y.txt', 'html'],
    ['y', 'html'],
  ])('%s is written as %s', async (file, format) => {
    const here = world();
    expect(await here.run('report', 'mine', '-o', file)).toBe(0);
    expect(askedOf(here, 'report.build')).toMatchObject({ format });
    expect(await here.run('report', 'mine', '-o', file, '--format', format)).toBe(0);
  });

  it('asks for no map when none is wanted, and for one when the draft of the case is redacted', async () => {
    const redacted = { ...defaultDraft('a'), redaction: { profiles: ['secrets'], words: [], keep: [] } };
    expect(await world().run('report', 'mine', '--redact', '--no-map')).toBe(0);
    expect(await world(redacted).run('report', 'mine')).toBe(2);
    const plain = world(redacted);
    expect(await plain.run('report', 'mine', '--no-redact')).toBe(0);
    expect(askedOf(plain, 'report.build').draft.redaction).toBeNull();
  });

  it('prints a PDF of the HTML', async () => {
    const here = world();
    expect(await here.run('report', 'mine', '-o', 'out.pdf')).toBe(0);
    expect(askedOf(here, 'report.build')).toMatchObject({ format: 'html' });
    expect(readFileSync(path.join(here.folder, 'out.pdf'), 'utf8')).toBe(`%PDF- ${DOCUMENT.text.length}`);
    expect(await world(undefined, 'terminal').run('report', 'mine', '--format', 'pdf')).toBe(2);
  });

  it('packs the formats that are wanted', async () => {
    const here = world();
    const words = ['--pack', '--format', 'md,json', '--sources', '-o', 'out.zip', '--json'];
    expect(await here.run('report', 'mine', ...words)).toBe(0);
    expect(askedOf(here, 'report.pack')).toMatchObject({ formats: ['md', 'json'], sources: 'yes' });
    expect(readFileSync(path.join(here.folder, 'out.zip'), 'utf8')).toBe('PK zip');
    expect(JSON.parse(here.out())).toMatchObject({ format: 'pack', files: ['manifest.json'], map: null, bytes: 6 });
  });

  it('sends the bytes of a pack to a pipe, never to a terminal', async () => {
    const pipe = world();
    expect(await pipe.run('report', 'mine', '--pack')).toBe(0);
    expect(pipe.out()).toBe('PK zip');
    const terminal = world(undefined, 'terminal');
    expect(await terminal.run('report', 'mine', '--pack')).toBe(2);
    expect(terminal.err()).toContain('give a file with -o');
    expect(terminal.calls).toEqual([]);
  });
});

describe('verify', () => {
  const check: MethodOutput<'report.verify'> = {
    outcome: 'changed',
    sentence: '1 of 2 references stand as they were; 1 changed.',
    ok: 1,
    changed: 1,
    missing: 0,
    references: [
      {
        where: 'F1.1',
        bundle: WHOLE_BUNDLE.id,
        node: null,
        file: 'a\u001b.log',
        line: 3,
        endLine: 4,
        outcome: 'changed',
        because: 'The cited lines read otherwise now.',
      },
    ],
  };

  it('has an exit code of its own for a report that does not stand', async () => {
    const here = testWorld({ answers: { 'report.verify': () => ok(check) } });
    writeFileSync(path.join(here.folder, 'r.md'), 'text');
    expect(await here.run('verify', 'r.md', 'mine')).toBe(5);
    expect(here.out()).toBe(
      `${check.sentence}\nchanged  F1.1  node not known  a\\x1b.log:3-4: The cited lines read otherwise now.\n`,
    );
    const fine = testWorld({
      answers: { 'report.verify': () => ok({ ...check, outcome: 'ok', changed: 0, references: [] }) },
    });
    writeFileSync(path.join(fine.folder, 'r.md'), 'text');
    expect(await fine.run('verify', 'r.md', 'mine', '--json')).toBe(0);
    expect(JSON.parse(fine.out())).toMatchObject({ outcome: 'ok' });
  });

  it('names a file that is none', async () => {
    const here = testWorld();
    expect(await here.run('verify', 'no.md', 'mine')).toBe(2);
    expect(await here.run('verify', '.', 'mine')).toBe(2);
    expect(here.err()).toContain('This is a folder');
  });
});

it('unredact writes the report with its values', async () => {
  const here = testWorld({
    answers: { 'report.unredact': ({ text, map }) => ok({ text: `${map} of ${text}`, format: 'md', restored: 2 }) },
  });
  writeFileSync(path.join(here.folder, 'r.md'), 'report');
  writeFileSync(path.join(here.folder, 'r.map'), 'map');
  expect(await here.run('unredact', 'r.md', '--map', 'r.map')).toBe(0);
  expect(here.out()).toBe('map of report');
  expect(await here.run('unredact', 'r.md', '--map', 'r.map', '-o', 'whole.md')).toBe(0);
  expect(readFileSync(path.join(here.folder, 'whole.md'), 'utf8')).toBe('map of report');
  expect(await here.run('unredact', 'r.md')).toBe(2);
  expect(await here.run('unredact', 'r.md', '--map', 'r.map', '-o', 'whole.html')).toBe(2);
  expect(here.err()).toContain('whole.html: What is written is md, and the name says html: end it in .md.');
});

it('unredact names the file that it cannot use', async () => {
  const here = testWorld({ answers: { 'report.unredact': ({ text, map }) => unredactReport(text, map) } });
  writeFileSync(path.join(here.folder, 'r.md'), 'report');
  writeFileSync(path.join(here.folder, 'cut.map'), '{"schema": "coldc');
  expect(await here.run('unredact', 'r.md', '--map', 'cut.map')).toBe(2);
  expect(here.err()).toBe('coldcase: cut.map: The file is damaged: it is no JSON.\n');
});

describe('pin, note', () => {
  it('change one thing that is said of a finding, and keep the other', async () => {
    const marks = [
      { finding: FindingId.parse('f1rst00000000000'), pinned: 'no', noise: 'no', note: 'ours', markedAt: '' } as const,
    ];
    const here = testWorld({
      answers: {
        'mark.list': () => ok([...marks]),
        'mark.set': (input) => ok([{ ...input, finding: FindingId.parse(input.finding), markedAt: '' }]),
      },
    });
    expect(await here.run('pin', 'mine', 'f1rst')).toBe(0);
    expect(here.out()).toBe('f1rst00000000000  pinned, ours\n');
    expect(await here.run('note', 'mine', 'f1rst', 'seen')).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({ finding: 'f1rst00000000000', pinned: 'no', note: 'seen' });
    expect(await here.run('pin', 'mine', 'nope')).toBe(2);
    expect(await here.run('pin', '.', 'f1rst')).toBe(2);
  });
});
