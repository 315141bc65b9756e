import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { openCase } from '../store/case-store.ts';
import { importInto } from './import-job.ts';
import { dismissWorkers } from './worker-job.ts';

test('a case file that cannot be written fails the import it is about, and no other', () =>
  inTemporaryFolder(async (folder) => {
    const paths = ['one', 'two', 'three'].map((name) => path.join(folder, name));
    for (const source of paths) {
      mkdirSync(source);
      writeFileSync(path.join(source, 'a.log'), `${source}\n`);
    }
    const opened = openCase(path.join(folder, 'case'), 'create');
    if (!opened.ok) throw new Error(opened.failure.message);
    const store = opened.value;
    const refresh = store.refresh.bind(store);
    let full = true;
    store.refresh = () => {
      const error = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      if (full) {
        full = false;
        throw error;
      }
      refresh();
    };
    const context = { signal: new AbortController().signal, progress: () => {} };
    const request = { paths, node: null, layout: null, mark: null };
    const end = await importInto(store, request, context, () => {});
    await dismissWorkers();
    store.close();
    expect(end.imports?.map((one) => one.outcome).sort()).toEqual(['failed', 'imported', 'imported']);
    expect(end).toMatchObject({ state: 'done-with-gaps', failure: { code: 'disk', where: expect.any(String) } });
    expect(end.failure?.message).toMatch(/^stored, but the case could not take it in: .*full/);
  }));

test('a folder that holds the case is refused, and nothing is written', () =>
  inTemporaryFolder(async (folder) => {
    const opened = openCase(path.join(folder, 'case'), 'create');
    if (!opened.ok) throw new Error(opened.failure.message);
    const paths = [folder, path.join(folder, 'case'), path.join(folder, 'case', 'bundles', '..')];
    const context = { signal: new AbortController().signal, progress: () => {} };
    const request = { paths, node: null, layout: null, mark: null };
    const end = await importInto(opened.value, request, context, () => {});
    opened.value.close();
    expect(end.imports?.map((one) => one.failure)).toMatchObject(
      paths.map((where) => ({ code: 'wrong-usage', where, message: expect.stringContaining('into itself') })),
    );
    expect(readdirSync(path.join(folder, 'case', 'bundles'))).toEqual([]);
  }));

test('a case without its folder for bundles gets it again; one that is gone itself is not made again', () =>
  inTemporaryFolder(async (folder) => {
    const source = path.join(folder, 'source');
    mkdirSync(source);
    writeFileSync(path.join(source, 'a.log'), 'one line\n');
    const dir = path.join(folder, 'case');
    const opened = openCase(dir, 'create');
    if (!opened.ok) throw new Error(opened.failure.message);
    const context = { signal: new AbortController().signal, progress: () => {} };
    const request = { paths: [source], node: null, layout: null, mark: null };
    rmSync(path.join(dir, 'bundles'), { recursive: true });
    const end = await importInto(opened.value, request, context, () => {});
    expect(end).toMatchObject({ state: 'done', failure: null });
    expect(opened.value.bundles()).toHaveLength(1);
    opened.value.close();
    rmSync(dir, { recursive: true });
    const gone = await importInto(opened.value, request, context, () => {});
    await dismissWorkers();
    expect(gone.failure).toMatchObject({ code: 'disk', where: dir });
    expect(readdirSync(folder)).toEqual(['source']);
  }));
