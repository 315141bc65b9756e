/** Reports that go into files, by the program as it is shipped: what it must never write over, and what it writes again. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder, tarGzOf } from '../support/archives.ts';
import { type CliOptions, type CliRun, runCli } from './fixtures-cli.ts';

const LOG = Array.from(
  { length: 40 },
  (_, nth) => `E0501 12:00:${10 + nth}.000000    3127 kubelet.go:1] "PLEG is not healthy"\n`,
).join('');

interface Box {
  readonly at: (name: string) => string;
  readonly run: (words: readonly string[], options?: Partial<CliOptions>) => Promise<CliRun>;
}

/** A customer's archive `in/cust.tar.gz`, and a case `case` made from it. */
async function inBox(work: (box: Box) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const at = (name: string): string => path.join(folder, name);
    const run: Box['run'] = (words, options = {}) => runCli(words, { home: at('home'), ...options });
    mkdirSync(at('in'));
    writeFileSync(at('in/cust.tar.gz'), await tarGzOf([{ name: 'kubelet/kubelet.log', body: LOG }]));
    expect((await run(['import', at('in/cust.tar.gz'), '--case', at('case')])).code).toBe(0);
    await work({ at, run });
  });
}

describe('a report', () => {
  test('never replaces what it is made of, a file of a case, or an archive', async () => {
    await inBox(async ({ at, run }) => {
      symlinkSync(at('case'), at('link'));
      const bundle = `case/bundles/${(await run(['files', at('case'), '--json'])).stdout.match(/[0-9a-f]{64}/)?.[0]}.bundle`;
      const kept = ['in/cust.tar.gz', 'case/case.coldcase', bundle];
      const before = kept.map((name) => readFileSync(at(name)));
      for (const [target, words, said] of [
        ['in/cust.tar.gz', ['-o', at('in/cust.tar.gz')], 'This is what the report is made of: choose another file.'],
        ['case', ['-o', at('in/cust.tar.gz')], 'no report of Coldcase (gzip): choose another file.'],
        ['case', ['-o', at('case/case.coldcase')], 'Only Coldcase writes the files of a case'],
        ['in/cust.tar.gz', ['-o', at('link/case.coldcase')], 'Only Coldcase writes the files of a case'],
        [
          'in/cust.tar.gz',
          ['-o', at(`link/${path.relative('case', bundle)}`)],
          'Only Coldcase writes the files of a case',
        ],
        ['case', ['--redact', '-o', at('r.html'), '--map', at('in/cust.tar.gz')], 'no map of Coldcase (gzip)'],
      ] as const) {
        const { code, stderr } = await run(['report', at(target), ...words]);
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) });
      }
      expect(kept.map((name) => readFileSync(at(name)))).toEqual(before);
      expect((await run(['files', at('case')])).code).toBe(0);
    });
  });

  test('is written again over the last one, in every format, with its map, as a pack, and beside the logs', async () => {
    await inBox(async ({ at, run }) => {
      mkdirSync(at('logs'));
      writeFileSync(at('logs/kubelet.log'), LOG);
      for (const words of [
        ...['r.html', 'r.md', 'r.json', 'r.yaml'].map((name) => ['-o', at(`logs/${name}`)]),
        ['--redact', '-o', at('logs/r.html'), '--map', at('logs/r.map')],
        ['--pack', '-o', at('logs/pack.zip')],
      ]) {
        for (const target of [at('case'), at('logs')]) {
          const { code, stderr } = await run(['report', target, ...words]);
          expect(code, stderr).toBe(0);
        }
      }
      // Of the folder that is read only outputs of Coldcase may be replaced.
      const { code, stderr } = await run(['report', at('logs'), '-o', at('logs/kubelet.log')]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('This belongs to what the report') });
      expect(readFileSync(at('logs/kubelet.log'), 'utf8')).toBe(LOG);
    });
  });

  test.skipIf(process.platform === 'win32')('says that it may not write into a folder', async () => {
    await inBox(async ({ at, run }) => {
      mkdirSync(at('theirs'));
      chmodSync(at('theirs'), 0o500);
      const { code, stderr } = await run(['report', at('case'), '-o', at('theirs/r.html')], {
        as: 'permissions-count',
      });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `coldcase: ${at('theirs/r.html')}: No permission to write here.\n`,
      });
    });
  });
});
