import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { ArchivePart } from './member.ts';
import { openSource } from './source.ts';

/** Reads a source and calls `meanwhile` with each part, as a customer's machine that goes on working. */
async function readWhile(location: string, meanwhile: (part: ArchivePart) => void, beforeRead?: () => void) {
  const opened = await openSource(location, beforeRead);
  if (!opened.ok) throw new Error(opened.failure.message);
  const seen: string[] = [];
  let bytes = 0;
  for await (const part of opened.value.parts) {
    meanwhile(part);
    if (part.part === 'member') seen.push(part.path);
    else if (part.part === 'bytes') bytes += part.bytes.length;
    else if (part.part === 'member-end') seen.push(part.end);
    else seen.push(`${part.gap.kind}: ${part.gap.file} ${part.gap.message}`);
  }
  return { seen, bytes };
}

const notWindows = test.skipIf(process.platform === 'win32');

describe('a folder that changes while it is read', () => {
  notWindows('a pipe that takes the place of a file is not waited for', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(path.join(folder, 'a.log'), 'one');
      writeFileSync(path.join(folder, 'b.log'), 'two');
      const { seen } = await readWhile(folder, (part) => {
        if (part.part !== 'member') return;
        rmSync(path.join(folder, 'b.log'), { force: true });
        execFileSync('mkfifo', [path.join(folder, 'b.log')]);
      });
      expect(seen).toEqual(['a.log', 'whole', 'unreadable: b.log cannot be read (no longer a file)']);
    });
  });

  notWindows('a link that takes the place of a file is not followed', async () => {
    await inTemporaryFolder(async (folder) => {
      mkdirSync(path.join(folder, 'in'));
      for (const name of ['a.log', 'b.log']) writeFileSync(path.join(folder, 'in', name), name);
      writeFileSync(path.join(folder, 'secret'), 'secret');
      const { seen } = await readWhile(path.join(folder, 'in'), (part) => {
        if (part.part !== 'member') return;
        execFileSync('ln', ['-sf', path.join(folder, 'secret'), path.join(folder, 'in', 'b.log')]);
      });
      expect(seen).toEqual(['a.log', 'whole', 'unreadable: b.log cannot be read (a link that is not followed)']);
    });
  });

  test('a file that grows for ever ends; one that shrinks is cut; one that vanishes is a gap', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const name of ['a.log', 'b.log', 'c.log']) writeFileSync(path.join(folder, name), 'x'.repeat(300_000));
      const at: { name: string } = { name: '' };
      const { seen } = await readWhile(folder, (part) => {
        if (part.part === 'member') at.name = part.path;
        if (part.part !== 'bytes') return;
        if (at.name === 'a.log') appendFileSync(path.join(folder, 'a.log'), 'y'.repeat(400_000));
        if (at.name !== 'b.log') return;
        truncateSync(path.join(folder, 'b.log'), 1000);
        rmSync(path.join(folder, 'c.log'), { force: true });
      });
      expect(seen.slice(0, 4)).toEqual(['a.log', 'whole', 'b.log', 'cut']);
      expect(seen[4]).toMatch(/^unreadable: b\.log changed while it was read: it had 300,000 bytes/);
      expect(seen.slice(5)).toEqual(['unreadable: c.log cannot be read (it is not there)']);
    });
  });

  test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is read all the same', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/log-`), Buffer.from([0xff, 0xc3])]), 'bytes');
      const { seen, bytes } = await readWhile(folder, () => undefined);
      expect(bytes).toBe(5);
      expect(seen[2]).toContain('not UTF-8');
    });
  });
});

describe('an archive that changes while it is read', () => {
  test('what is appended is not waited for, and said', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = path.join(folder, 'messages');
      writeFileSync(file, 'x'.repeat(300_000));
      const { seen, bytes } = await readWhile(file, (part) => {
        if (part.part === 'bytes') appendFileSync(file, 'y'.repeat(400_000));
      });
      expect(bytes).toBe(300_000);
      expect(seen[2]).toContain('grew');
    });
  });

  test('one that is gone before it is read is unreadable, not a bug', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = path.join(folder, 'messages');
      writeFileSync(file, 'text');
      const opened = await openSource(file);
      if (!opened.ok) throw new Error('not opened');
      renameSync(file, `${file}.gone`);
      await expect(opened.value.parts.next().then(() => opened.value.parts.next())).rejects.toBeInstanceOf(
        FailureError,
      );
    });
  });

  test('reading ends when it is told to, before every piece of the file', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = path.join(folder, 'messages');
      writeFileSync(file, 'x'.repeat(500_000));
      let reads = 0;
      const stop = () => {
        reads += 1;
        if (reads === 2) throw new FailureError(fail('cancelled', 'cancelled').failure);
      };
      await expect(readWhile(file, () => undefined, stop)).rejects.toMatchObject({ failure: { code: 'cancelled' } });
      expect(reads).toBe(2);
    });
  });
});
