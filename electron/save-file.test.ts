import { createHash } from 'node:crypto';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineApi } from '../analyzer/contract/engine-api.ts';
import { fail, ok, type Result } from '../analyzer/core/failure.ts';
import type { CaseId } from '../analyzer/core/ids.ts';
import { outputKindOf } from '../analyzer/hosts/file-in-the-way.ts';
import { packEntries, packZip } from '../analyzer/report/pack.ts';
import { REDACTION_MAP_SCHEMA } from '../analyzer/report/redaction/map.ts';
import { sampleDocument } from '../analyzer/report/report-sample.ts';
import { savePlace, saveTo } from './save-file.ts';

const LOG = 'I0501 12:00:00.000000 1 a.go:1] one\n';
const PACK = packZip(packEntries({ document: sampleDocument(), reports: [], sources: [] }));
const MAP = `${JSON.stringify({ schema: REDACTION_MAP_SCHEMA, entries: [] }, null, 2)}\n`;
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder = '';
const at = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-save-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An engine of one case; a file in it is told by bundle and bytes. */
function engineWith(files: readonly { readonly bundle: string; readonly path: string; readonly sha256: string }[]) {
  const call = async (method: string) => (method === 'file.list' ? ok(files) : fail('internal', method));
  return { call: call as unknown as EngineApi['call'], on: () => () => undefined };
}

async function save(name: string, content: string | Uint8Array, engine = engineWith([])): Promise<Result<string>> {
  const place = await savePlace(at(name), outputKindOf(content), { engine, caseId: '/case' as CaseId });
  return place.ok ? saveTo(place.value, content) : place;
}
const refused = (message: string, name: string) => fail('wrong-usage', message, at(name));

describe('what is saved', () => {
  it('takes the place of the last output, each of its kind, and of any text', async () => {
    writeFileSync(at('letter.md'), 'dear customer');
    for (const [name, content] of [
      ['letter.md', '# Report'],
      ['report.pdf', Buffer.from('%PDF-1.4')],
      ['report.zip', PACK],
      ['report.map.json', MAP],
    ] as const) {
      for (let nth = 0; nth < 2; nth++) expect(await save(name, content)).toEqual(ok(at(name)));
      expect(readFileSync(at(name))).toEqual(Buffer.from(content));
    }
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('goes where a link leads, and the link stays', async () => {
    writeFileSync(at('r.html'), 'older');
    linkSync(at('r.html'), at('kept.html'));
    symlinkSync('r.html', at('latest.html'));
    expect(await save('latest.html', 'new')).toEqual(ok(at('latest.html')));
    expect(lstatSync(at('latest.html')).isSymbolicLink()).toBe(true);
    expect([readFileSync(at('r.html'), 'utf8'), readFileSync(at('kept.html'), 'utf8')]).toEqual(['new', 'older']);
  });
});

describe('what is never saved over', () => {
  it('an archive, whatever its name, also by a link', async () => {
    const archive = gzipSync('logs of a customer');
    writeFileSync(at('node.tar.gz'), archive);
    symlinkSync('node.tar.gz', at('link.html'));
    const because = (kind: string) =>
      `There is a file here that is no ${kind} of Coldcase (gzip): choose another file.`;
    expect(await save('node.tar.gz', '<p>')).toEqual(refused(because('document'), 'node.tar.gz'));
    expect(await save('link.html', '<p>')).toEqual(refused(because('document'), 'link.html'));
    expect(await save('node.tar.gz', PACK)).toEqual(refused(because('pack'), 'node.tar.gz'));
    expect(await save('node.tar.gz', MAP)).toEqual(refused(because('map'), 'node.tar.gz'));
    expect(readFileSync(at('node.tar.gz'))).toEqual(archive);
  });

  it('a map by anything but a map', async () => {
    writeFileSync(at('a.map.json'), MAP);
    const because = 'This is a map, which undoes the redaction of a report: choose another file.';
    expect(await save('a.map.json', '# Report')).toEqual(refused(because, 'a.map.json'));
  });

  it('the files of a case', async () => {
    mkdirSync(at('mine/bundles/deep'), { recursive: true });
    writeFileSync(at('mine/case.coldcase'), 'SQLite format 3');
    for (const name of ['mine/case.coldcase', 'mine/case.coldcase-wal', 'mine/bundles/deep/r.html', 'case.coldcase']) {
      const because = 'Only Coldcase writes the files of a case: choose another file.';
      expect(await save(name, '<p>')).toEqual(refused(because, name));
    }
    expect(await save('mine/r.html', '<p>')).toEqual(ok(at('mine/r.html')));
  });

  it('text that the case came from, wherever it lies', async () => {
    writeFileSync(at('node.txt'), LOG);
    writeFileSync(at('empty.txt'), '');
    const files = (bundle: string) =>
      engineWith([
        { bundle, path: 'var/log/kubelet.log', sha256: sha256(LOG) },
        { bundle, path: 'empty', sha256: sha256('') },
      ]);
    const inCase = 'This file is in the case, as var/log/kubelet.log: choose another file.';
    expect(await save('node.txt', '<p>', files('b'))).toEqual(refused(inCase, 'node.txt'));
    const imported = 'A bundle of this case was imported from this file: choose another file.';
    expect(await save('node.txt', '<p>', files(sha256(LOG)))).toEqual(refused(imported, 'node.txt'));
    expect(readFileSync(at('node.txt'), 'utf8')).toBe(LOG);
    expect(await save('empty.txt', '<p>', files('b'))).toEqual(ok(at('empty.txt')));
    expect(await save('node.txt', '<p>')).toEqual(ok(at('node.txt')));
  });

  it('a pack that a bundle came from', async () => {
    writeFileSync(at('pack.zip'), PACK);
    const of = { path: 'manifest.json', sha256: sha256('') };
    expect((await save('pack.zip', PACK, engineWith([{ ...of, bundle: sha256(PACK) }]))).ok).toBe(false);
    expect(await save('pack.zip', PACK, engineWith([{ ...of, bundle: 'b' }]))).toEqual(ok(at('pack.zip')));
  });
});

it('what keeps it from being saved is said in words, and nothing is left behind', async () => {
  expect(await save('none/r.html', '<p>')).toEqual(refused(`There is no folder ${at('none')}.`, 'none/r.html'));
  mkdirSync(at('gone'));
  const place = await savePlace(at('gone/r.html'), 'document', { engine: engineWith([]), caseId: null });
  rmSync(at('gone'), { recursive: true });
  expect(place.ok && (await saveTo(place.value, '<p>'))).toMatchObject({
    failure: { code: 'disk', message: `The document was not saved. There is no folder ${at('gone')}.` },
  });
  expect(readdirSync(folder)).toEqual([]);
});
