import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { Answers } from '../../bridge/fake/fake-bridge.ts';
import { AFFECTED, CASE_ID } from '../../bridge/fake/fake-case.ts';
import { DRAFT, TRACE_PIN } from '../../bridge/fake/fake-report.ts';
import type { ReportDraft } from '../../model/types.ts';
import { copied } from '../../stores/report.ts';
import { refusal } from './FileChoice.tsx';
import { withNonce } from './PaperFrame.tsx';
import { beginning } from './Preview.tsx';
import { routeOfPin } from './pin-routes.ts';

async function openReport(answers: Answers = {}) {
  const app = startApp(answers);
  await app.stores.session.getState().open(CASE_ID, 'one');
  await app.user.click(screen.getByRole('link', { name: 'Report' }));
  await screen.findByRole('region', { name: 'Outline' });
  return app;
}
const outline = () => within(screen.getByRole('region', { name: 'Outline' }));
const names = () =>
  outline()
    .getAllByRole('button', { expanded: false })
    .map((one) => one.querySelector('.clip')?.textContent);
const lastBuilt = ({ bridge }: Awaited<ReturnType<typeof openReport>>) =>
  bridge.asked.filter(({ method }) => method === 'report.build').at(-1)?.input as { readonly draft: ReportDraft };
const section = (name: RegExp) => outline().getByRole('button', { name });

onPages();

describe('Report', () => {
  it('moves sections by key and by button, says where they are, and the case keeps it', async () => {
    const app = await openReport();
    section(/^Findings/).focus();
    await app.user.keyboard('{Alt>}{ArrowUp}{ArrowUp}{ArrowUp}{/Alt}');
    expect(names().slice(0, 3)).toEqual(['Findings', 'Summary', 'Causes']);
    expect(screen.getByText('Findings is the first section')).toBeDefined();
    await app.user.click(outline().getByRole('button', { name: 'Move Summary down' }));
    expect(screen.getByText('Summary: section 3 of 8')).toBeDefined();
    await app.stores.report.getState().keep();
    const kept = await app.bridge.call('report.draft', { caseId: CASE_ID });
    expect(kept.ok && kept.value.draft.sections.slice(0, 3).map(({ kind }) => kind)).toEqual([
      'findings',
      'causes',
      'verdict',
    ]);
  });

  it('takes headings, words and findings; an empty heading leaves the last one', async () => {
    const app = await openReport();
    await app.user.click(section(/^Summary/));
    const heading = outline().getByRole('textbox', { name: 'Heading' });
    await app.user.clear(heading);
    expect(outline().getByText(/Left empty, it stays .Summary./)).toBeDefined();
    await app.user.type(heading, 'In short');
    await app.user.type(outline().getByRole('textbox', { name: /^Your words/ }), 'We saw it live.');
    await app.user.click(outline().getByRole('checkbox', { name: 'Archives is in the report' }));
    await app.user.click(section(/^Findings/));
    await app.user.click(outline().getByRole('checkbox', { name: /One route names/ }));
    await app.user.click(outline().getByRole('button', { name: /^Tell first: Lookups to/ }));
    await waitFor(() => expect(lastBuilt(app).draft.order).toEqual(['f-dns']));
    expect(lastBuilt(app).draft).toMatchObject({ leftOut: ['f-low'], title: DRAFT.title });
    expect(lastBuilt(app).draft.sections[0]).toMatchObject({ heading: 'In short', text: 'We saw it live.' });
    expect(lastBuilt(app).draft.sections.at(-1)).toMatchObject({ kind: 'bundles', shown: 'yes' });
    await screen.findByText('4 findings, 6 references');
  });

  it('shows what another window changed as well, and says so', async () => {
    const app = await openReport();
    const theirs = { ...DRAFT, title: 'Theirs', context: 7 };
    await app.bridge.call('report.keepDraft', { caseId: CASE_ID, from: null, draft: copied(theirs) });
    const title = outline().getByRole('textbox', { name: 'Title' });
    await app.user.type(title, ' mine');
    await app.user.selectOptions(outline().getByRole('combobox', { name: /^Template/ }), 'Engineering hand-over');
    await app.stores.report.getState().keep();
    expect(
      await outline().findByText(
        `This report was changed in another window too, and is shown with its changes. Not kept of yours: the title “${DRAFT.title} mine”, the lines around each excerpt.`,
      ),
    ).toBeDefined();
    expect(title.getAttribute('value')).toBe('Theirs');
    expect(names()).toEqual(['All findings', 'Verdict', 'Nodes']);
    await app.user.click(outline().getByRole('button', { name: 'Dismiss' }));
    expect(outline().queryByText(/another window/)).toBeNull();
  });

  it('waits for its case where the page is loaded anew', async () => {
    window.sessionStorage.setItem('coldcase.open-case', CASE_ID);
    window.history.replaceState(null, '', '#/report');
    startApp();
    expect(await screen.findByRole('region', { name: 'Outline' })).toBeDefined();
  });

  it('begins with a template and keeps what was written', async () => {
    const app = await openReport();
    await app.user.selectOptions(outline().getByRole('combobox', { name: /^Template/ }), 'Engineering hand-over');
    expect(names()).toEqual(['All findings', 'Verdict', 'Nodes']);
    await app.user.click(outline().getByRole('button', { name: 'Section of your own' }));
    expect(outline().getByRole('textbox', { name: 'Heading' }).getAttribute('value')).toBe('Notes');
    await app.user.click(outline().getByRole('button', { name: 'Remove this section' }));
    expect(names()).toEqual(['All findings', 'Verdict', 'Nodes']);
  });

  it('lists kept lines and pinned answers with their notes', async () => {
    const app = await openReport();
    await app.stores.notebook.getState().mark({ bundle: AFFECTED, file: 'a/b.log', line: 88 }, 'first');
    await app.stores.pins.getState().pin(TRACE_PIN, 'node to shop/web:http');
    await app.user.click(section(/^Lines to look at 1 line/));
    const note = outline().getByRole('textbox', { name: 'Note on b.log:88' });
    await app.user.type(note, ' and more');
    note.blur();
    await waitFor(() => expect(app.stores.notebook.getState().bookmarks[0]?.note).toBe('first and more'));
    await app.user.click(section(/^Traces 1 answer/));
    await app.user.type(outline().getByRole('textbox', { name: 'Title in the report' }), ' again{Enter}');
    await waitFor(() => expect(app.stores.pins.getState().pins[0]?.title).toBe('node to shop/web:http again'));
    await app.user.click(outline().getByRole('button', { name: /^Take node to shop.* out of the report/ }));
    expect(await outline().findByText(/^No trace is pinned/)).toBeDefined();
  });

  it('shows the HTML in a frame that can run nothing, other formats as text', async () => {
    const app = await openReport();
    const frame = await screen.findByTitle('Preview of the report');
    expect(frame.getAttribute('sandbox')).toBe('allow-same-origin');
    expect(frame.getAttribute('srcdoc')).toContain('report of 5: Summary');
    await app.user.click(screen.getByRole('button', { name: 'JSON' }));
    expect(await screen.findByText(/^report of 5/)).toBeDefined();
  });

  it('names what keeps it from being made, in the preview and at the export', async () => {
    const app = await openReport({
      'report.build': () => fail('not-found', 'F2.1: the archive b.tgz is gone', 'a.log:3'),
    });
    expect((await screen.findByRole('alert')).textContent).toContain('F2.1: the archive b.tgz is gone');
    await app.user.click(screen.getByRole('button', { name: 'Export' }));
    await waitFor(() => expect(screen.getAllByRole('alert')).toHaveLength(2));
    expect(app.bridge.saved).toEqual([]);
  });

  it('prints a PDF of the HTML, and packs what was chosen', async () => {
    const app = await openReport();
    await app.user.click(screen.getByRole('button', { name: 'PDF' }));
    await app.user.click(screen.getByRole('button', { name: 'Export' }));
    await screen.findByText('/documents/report.pdf');
    expect(app.bridge.saved[0]?.text).toContain('<!DOCTYPE html>');
    await app.user.click(screen.getByRole('button', { name: 'Pack' }));
    await app.user.click(screen.getByRole('checkbox', { name: 'Markdown' }));
    await app.user.click(screen.getByRole('button', { name: 'Export' }));
    await screen.findByText('/documents/report.zip');
    expect(app.bridge.saved[1]).toEqual({ fileName: 'report.zip', text: '2 bytes' });
    expect(app.bridge.asked.find(({ method }) => method === 'report.pack')?.input).toMatchObject({
      formats: ['html', 'md', 'json'],
      sources: 'no',
    });
  });
});

describe('redaction of the report', () => {
  async function openRedaction() {
    const app = await openReport();
    await app.user.click(screen.getByRole('button', { name: 'Redaction' }));
    expect(await screen.findByText(/^Nothing is replaced: node names/)).toBeDefined();
    await app.user.click(screen.getByRole('checkbox', { name: 'Redact this report' }));
    await screen.findByRole('grid', { name: 'Values that are replaced' });
    return app;
  }

  it('shows each value with its pseudonym, keeps one, and takes words of the customer', async () => {
    const app = await openRedaction();
    const grid = () => within(screen.getByRole('grid', { name: 'Values that are replaced' }));
    expect(grid().getAllByRole('row')).toHaveLength(4);
    await app.user.selectOptions(screen.getByRole('combobox', { name: 'Kind of value' }), 'host name');
    expect(grid().getAllByRole('row')).toHaveLength(2);
    await app.user.click(grid().getByRole('button', { name: 'Keep ip-10-0-113-27 as it is' }));
    await app.user.type(screen.getByRole('textbox', { name: /^The customer's words/ }), 'acme{Enter}ab');
    expect(screen.getByText(/^Too short, not replaced: ab\./)).toBeDefined();
    await app.user.click(screen.getByRole('checkbox', { name: /^Secrets/ }));
    await waitFor(() =>
      expect(app.bridge.asked.filter(({ method }) => method === 'report.redaction').at(-1)?.input).toMatchObject({
        draft: { redaction: { profiles: ['network'], words: ['acme'], keep: ['ip-10-0-113-27'] } },
      }),
    );
    await app.user.click(screen.getByRole('button', { name: 'Replace ip-10-0-113-27 again' }));
    expect(screen.queryByRole('region', { name: 'Kept as they are' })).toBeNull();
  });

  it('offers the map as a file of its own, and says what it does', async () => {
    const app = await openRedaction();
    await app.user.click(screen.getByRole('button', { name: 'Export redacted' }));
    expect(await screen.findByText('Its map is not saved yet.')).toBeDefined();
    expect(screen.getByText(/keep it, and never send it\.$/, { selector: '.note--good p' })).toBeDefined();
    await app.user.click(screen.getByRole('button', { name: 'Save the map' }));
    await screen.findByText('/documents/report.map.json');
    expect(app.bridge.saved.map(({ fileName }) => fileName)).toEqual(['report.html', 'report.map.json']);
    expect(app.bridge.saved[1]?.text).toBe('{"schema":"map"}');
  });

  it('comes back as it was chosen when it is switched on again', async () => {
    const app = await openRedaction();
    await app.user.click(screen.getByRole('checkbox', { name: /^Secrets/ }));
    const toggle = () => screen.getByRole('checkbox', { name: 'Redact this report' });
    await app.user.click(toggle());
    expect(screen.queryByRole('checkbox', { name: /^Secrets/ })).toBeNull();
    await app.user.click(toggle());
    expect((screen.getByRole('checkbox', { name: /^Secrets/ }) as HTMLInputElement).checked).toBe(false);
  });
});

describe('words of the customer', () => {
  it('of another window are not taken out by those that are typed here', async () => {
    const redaction = { profiles: ['secrets'], words: ['acme'], keep: [] };
    const app = await openReport({
      'report.draft': () => ok({ draft: { ...DRAFT, redaction }, keptAt: null }),
    });
    await app.user.click(screen.getByRole('button', { name: 'Redaction' }));
    const box = await screen.findByRole('textbox', { name: /^The customer's words/ });
    await app.bridge.call('report.keepDraft', {
      ...{ caseId: CASE_ID, from: null },
      draft: copied({ ...DRAFT, redaction: { ...redaction, words: ['acme', 'theirs'] } }),
    });
    await app.user.type(box, '{Enter}mine{Enter}ab');
    await app.stores.report.getState().keep();
    await waitFor(() => expect((box as HTMLTextAreaElement).value).toBe('acme\ntheirs\nmine\nab'));
    await app.user.type(box, 'c');
    await app.stores.report.getState().keep();
    const kept = app.bridge.asked.filter(({ method }) => method === 'report.keepDraft').at(-1)?.input;
    expect(kept).toMatchObject({ draft: { redaction: { words: ['acme', 'theirs', 'mine', 'abc'] } } });
  });
});

describe('a report held against the case', () => {
  const file = (text: string, name: string) => new File([text], name);

  it('tells which references are not as they were, each with its line', async () => {
    const app = await openReport();
    await app.user.click(screen.getByRole('button', { name: 'Check a report' }));
    await app.user.upload(screen.getByLabelText('Choose a report file', { selector: 'input' }), file('# r', 'old.md'));
    expect(await screen.findByRole('heading', { name: '1 of 3 references does not stand as it was.' })).toBeDefined();
    const row = within(screen.getByRole('grid')).getByRole('row', { name: /its bytes are others/ });
    await app.user.click(within(row).getByRole('link', { name: /iptables-save.txt:88 in Files/ }));
    expect(app.stores.navigation.getState().route.params).toMatchObject({ line: '88' });
  });

  it('puts the originals back with the right map alone', async () => {
    const app = await openReport();
    await app.user.click(screen.getByRole('button', { name: 'Check a report' }));
    await app.user.upload(screen.getByLabelText('Choose a report file', { selector: 'input' }), file('# r', 'old.md'));
    const map = () => screen.getByLabelText('Choose its map', { selector: 'input' });
    await app.user.upload(map(), file('{}', 'other.map.json'));
    await app.user.click(await screen.findByRole('button', { name: 'Save with originals' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The map is of another report.');
    await app.user.upload(map(), file('{"schema":"map"}', 'old.map.json'));
    await screen.findByText('old.map.json');
    await app.user.click(screen.getByRole('button', { name: 'Save with originals' }));
    expect(await screen.findByText('5 originals put back, saved to /documents/old-with-originals.md')).toBeDefined();
  });

  it('refuses by name what carries no references that can be read', () => {
    expect(refusal('r.pdf', 10, '%PDF-1.4')).toContain('r.pdf is a PDF');
    expect(refusal('r.zip', 10, 'PK\u0003\u0004')).toContain('manifest.json');
    expect(refusal('r.md', 65 * 1024 * 1024, '')).toContain('68 MB');
    expect(refusal('r.md', 10, '# Repor')).toBeNull();
  });
});

describe('answers of other screens', () => {
  it('are added and taken out by the same button, with a way to the report', async () => {
    const app = startApp();
    await app.stores.session.getState().open(CASE_ID, 'one');
    await app.user.click(screen.getByRole('link', { name: 'Compare' }));
    const add = await screen.findByRole('button', { name: 'Add to report' });
    await app.user.click(add);
    await screen.findByRole('button', { name: 'In the report' });
    expect(app.stores.pins.getState().pins).toMatchObject([
      { method: 'compare.run', title: 'ip-10-0-113-27, ip-10-0-126-200 beside each other' },
    ]);
    await app.user.click(screen.getByRole('button', { name: 'Open Report' }));
    await screen.findByRole('region', { name: 'Outline' });
    app.stores.navigation.getState().back();
    await app.user.click(await screen.findByRole('button', { name: 'In the report' }));
    await waitFor(() => expect(app.stores.pins.getState().pins).toEqual([]));
  });

  it('say so when they could not be kept', async () => {
    const app = startApp({ 'pin.set': () => fail('disk', 'the case can only be read') });
    await app.stores.session.getState().open(CASE_ID, 'one');
    await app.user.click(screen.getByRole('link', { name: 'Compare' }));
    await app.user.click(await screen.findByRole('button', { name: 'Add to report' }));
    expect(await screen.findByText('Not kept: the case can only be read')).toBeDefined();
  });

  it('lead back to where they were asked', () => {
    expect(routeOfPin(TRACE_PIN)).toMatchObject({ screen: 'network', params: { tab: 'trace', to: 'shop/web:http' } });
    const line = { bundle: AFFECTED, file: 'a.log', line: 3 };
    expect(routeOfPin({ method: 'correlate.run', input: { pivot: line, windowMs: 60_000 } })).toMatchObject({
      screen: 'timeline',
      params: { file: 'a.log', line: '3', window: '60000' },
    });
    expect(routeOfPin({ method: 'runbooks.run', input: { runbook: 'D2', bundle: null } })?.params).toEqual({
      run: 'D2',
    });
    expect(routeOfPin({ method: 'timeline.lines', input: { at: { time: '2025-10-14T10:00:00Z' } } })).toMatchObject({
      params: { from: '2025-10-14T10:00Z' },
    });
    expect(routeOfPin({ method: 'correlate.run', input: { pivot: 7 } })).toBeNull();
  });
});

describe('the preview', () => {
  it('gives the one style element the nonce of the page, whatever it is', () => {
    expect(withNonce("<style>a{content:'<style>'}</style>", '$&')).toBe(
      '<style nonce="$&">a{content:\'<style>\'}</style>',
    );
  });

  it('is the beginning of a long document, cut between lines, and says so', () => {
    expect(beginning('ab\ncd\nef', 4)).toEqual({ shown: 'ab', cut: 'yes' });
    expect(beginning('abcdef', 3)).toEqual({ shown: 'abc', cut: 'yes' });
    expect(beginning('abc', 3)).toEqual({ shown: 'abc', cut: 'no' });
  });

  it('of a large report says how much of it is shown', async () => {
    const text = `<!DOCTYPE html>\n${'<p>x</p>\n'.repeat(200_000)}`;
    await openReport({
      'report.build': () => ok({ fileName: 'r.html', mediaType: '', text, map: null, references: 2_000 }),
    });
    expect(
      await screen.findByText(/^The preview shows the first 600 kB of 1\.8 MB; .* with 2,000 references\.$/),
    ).toBeDefined();
  });
});
