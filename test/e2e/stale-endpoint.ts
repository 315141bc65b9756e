/** A node as a kernel showed it: one of three endpoints of shop/np:http cannot be reached, its route is a blackhole. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { gzip, tar } from '../../fixtures/lib/tar.ts';

const NODE = 'ip-10-0-1-2';
export const SERVICE = 'shop/np:http';
export const LOST = '10.244.1.250:8080';
/** File name -> content. */
export const DUMPS = caseDumps('b09-stale-endpoint');

/** @returns the path of its archive, written into the folder. */
export async function writeStaleEndpoint(folder: string): Promise<string> {
  const archive = path.join(folder, `${NODE}.tar.gz`);
  await writeFile(archive, gzip(tar([...DUMPS].map(([file, content]) => ({ name: `${NODE}/${file}`, content })))));
  return archive;
}
