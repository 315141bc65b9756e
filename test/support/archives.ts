/** Small archives in memory and temporary folders, for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export interface TarMember {
  readonly name: string;
  readonly body?: string | Uint8Array;
  readonly type?: Header['type'];
  readonly linkname?: string;
}

/** @returns the bytes of a tar with these members, in this order. */
export async function tarOf(members: readonly TarMember[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, body, type, linkname } of members) {
    const header: Partial<Header> & { name: string } = {
      name,
      mtime: new Date('2024-05-01T12:00:00Z'),
      type: type ?? 'file',
    };
    if (linkname !== undefined) header.linkname = linkname;
    tar.entry(header as Header, Buffer.from(body ?? ''));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

export async function tarGzOf(members: readonly TarMember[]): Promise<Buffer> {
  return gzipSync(await tarOf(members));
}

/** Runs `work` with a new folder that is gone afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-test-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
