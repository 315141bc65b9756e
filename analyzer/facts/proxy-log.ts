/**
 * kube-proxy's own word on its mode, from its start-up:
 *
 *   I0501 12:00:00.123456       1 server_linux.go:132] "Using iptables Proxier"
 *
 * Only these lines are looked for, in blocks that may hold them, since the log may be large.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { LineRef, ProxyMode } from '../core/vocabulary.ts';
import { filesOf } from './files.ts';

const NEEDLE = Buffer.from(' Proxier');
const WANTED = { any: ['iptables', 'ipvs', 'nftables'].map((mode) => Buffer.from(`Using ${mode} Proxier`)) };
const LINE = /Using (iptables|ipvs|nftables) Proxier/;

export interface ProxierLine {
  readonly mode: ProxyMode;
  readonly sentence: string;
  readonly evidence: readonly LineRef[];
}

/** @returns the last such line of the newest log, or null. */
export function lastProxier(reader: BundleReader): ProxierLine | null {
  const files = new Map(filesOf(reader, 'kube-proxy-log').map((file) => [file.id, file.path]));
  let last: ProxierLine | null = null;
  if (files.size === 0) return null;
  for (const block of reader.blocksWith([WANTED], new Set(files.keys()))) {
    const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
    let line = block.firstLine;
    let counted = 0;
    for (let at = bytes.indexOf(NEEDLE); at >= 0; at = bytes.indexOf(NEEDLE, at + 1)) {
      for (let end = bytes.indexOf(10, counted); end >= 0 && end < at; end = bytes.indexOf(10, counted)) {
        line += 1;
        counted = end + 1;
      }
      const end = bytes.indexOf(10, at);
      const text = bytes.toString('utf8', counted, Math.min(end < 0 ? bytes.length : end, at + 200));
      const mode = LINE.exec(text)?.[1];
      if (mode === undefined) continue;
      last = {
        mode: mode as ProxyMode,
        sentence: `kube-proxy logged "Using ${mode} Proxier" (${files.get(block.fileId)})`,
        evidence: [{ fileId: block.fileId, line, endLine: line }],
      };
    }
  }
  return last;
}
