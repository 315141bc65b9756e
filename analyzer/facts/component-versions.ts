/**
 * Versions that kube-proxy and kubelet state of themselves when they start (component-base/version, cmd/kubelet):
 *
 *   I0501 12:00:00.123456       1 server.go:652] "Version info" version="v1.29.0-eks-5e0fdde"
 *   I0501 12:00:00.123456     812 server.go:487] "Kubelet version" kubeletVersion="v1.29.0-eks-5e0fdde"
 *
 * Only these lines are looked for, in blocks that may hold them, since the logs may be large. The last one counts.
 */
import type { BundleReader } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { filesOf } from './files.ts';

export interface StatedVersion {
  /** As printed: `v1.29.0-eks-5e0fdde`. */
  readonly version: string;
  readonly minor: number;
  readonly file: string;
  readonly ref: LineRef;
}

export interface ComponentVersions {
  readonly kubeProxy: StatedVersion | null;
  readonly kubelet: StatedVersion | null;
}

/** @returns what the logs say; null for a component whose log was not captured or does not reach back to its start. */
export function componentVersions(reader: BundleReader): ComponentVersions {
  return {
    kubeProxy: lastStated(
      reader,
      'kube-proxy-log',
      '"Version info" version="v1.',
      /"Version info" version="(v1\.(\d{1,3})\.[\w.+-]{1,60})"/,
    ),
    kubelet: lastStated(
      reader,
      'kubelet-log',
      '"Kubelet version" kubeletVersion="v1.',
      /"Kubelet version" kubeletVersion="(v1\.(\d{1,3})\.[\w.+-]{1,60})"/,
    ),
  };
}

/**
 * @param pattern its first group is the version, its second the minor number.
 * @returns the last line of files of the role that fits; null for none.
 */
export function lastStated(reader: BundleReader, role: string, literal: string, pattern: RegExp): StatedVersion | null {
  const needle = Buffer.from(literal);
  const files = new Map(filesOf(reader, role).map((file) => [file.id, file]));
  let last: StatedVersion | null = null;
  if (files.size === 0) return null;
  for (const block of reader.blocksWith([needle], new Set(files.keys()))) {
    const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
    let line = block.firstLine;
    let counted = 0;
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      for (let end = bytes.indexOf(10, counted); end >= 0 && end < at; end = bytes.indexOf(10, counted)) {
        line += 1;
        counted = end + 1;
      }
      const found = pattern.exec(bytes.toString('utf8', Math.max(counted, at - 200), at + 200));
      if (found === null) continue;
      last = {
        version: found[1] as string,
        minor: Number(found[2]),
        file: files.get(block.fileId)?.path ?? '',
        ref: { fileId: block.fileId, line, endLine: line },
      };
    }
    giveBack(block.bytes);
  }
  return last;
}
