/** tar members from a stream of bytes, through tar-stream; whatever came before damage is kept. */
import { extract, type Header } from 'tar-stream';
import { MEMBERS_MAX, NAME_CHARS_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { type ArchivePart, memberPath } from './member.ts';

/** True when the first 512 bytes are a tar header: the checksum field holds the sum of the others. */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  const field = Buffer.from(head.subarray(148, 156)).toString('latin1').replaceAll('\0', ' ').trim();
  if (!/^[0-7]+$/.test(field)) return false;
  let sum = 8 * 32;
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += head[at] as number;
  return sum === Number.parseInt(field, 8);
}

export interface TarEnd {
  /** Why the tar stream was not whole, or null. `member` is the path that was being read. */
  readonly damage: {
    readonly kind: 'truncated' | 'corrupt';
    readonly message: string;
    readonly member: string | null;
  } | null;
}

/**
 * @param chunks unpacked tar bytes. @returns member parts in archive order; the return value tells damage.
 * Never throws for bad data: a damaged header ends the archive, everything before it has been yielded.
 */
export async function* untar(chunks: AsyncGenerator<Uint8Array, unknown>): AsyncGenerator<ArchivePart, TarEnd> {
  // With a mark of one byte every write waits for 'drain', that is until the chunk has been taken apart.
  const tar = extract({ allowUnknownFormat: true, highWaterMark: 1 } as Parameters<typeof extract>[0]);
  let parts: ArchivePart[] = [];
  let open: { path: string; expected: number; received: number } | null = null;
  let damage: Error | null = null;
  let members = 0;

  tar.on('error', (error: Error) => {
    damage = error;
  });
  tar.on('entry', (header, stream, next) => {
    members += 1;
    const taken =
      members > MEMBERS_MAX ? { skip: members === MEMBERS_MAX + 1 ? limitGap(header.name) : null } : takeMember(header);
    if ('skip' in taken) {
      if (taken.skip !== null) parts.push({ part: 'gap', gap: taken.skip });
      stream.on('end', () => next(null));
      stream.resume();
      return;
    }
    if (taken.gap !== null) parts.push({ part: 'gap', gap: taken.gap });
    const member = { path: taken.path, expected: header.size ?? 0, received: 0 };
    open = member;
    parts.push({ part: 'member', path: taken.path, modified: header.mtime?.getTime() ?? null });
    stream.on('data', (chunk) => {
      const bytes = chunk as Uint8Array;
      member.received += bytes.length;
      parts.push({ part: 'bytes', bytes });
    });
    stream.on('error', () => {});
    stream.on('end', () => {
      open = null;
      parts.push({ part: 'member-end', end: 'whole' });
      next(null);
    });
  });

  try {
    for await (const chunk of chunks) {
      if (!tar.write(chunk) && damage === null) await settled(tar, 'drain');
      const taken = parts;
      parts = [];
      yield* taken;
      if (damage !== null) break;
    }
    if (damage === null && open === null) {
      tar.end(undefined);
      await settled(tar, 'finish');
    }
    yield* parts;
    parts = [];
    const cut = open as { path: string; expected: number; received: number } | null;
    if (cut !== null) {
      yield { part: 'member-end', end: 'cut' };
      const message = `member ${cut.path} ends after ${cut.received} of ${cut.expected} bytes`;
      return { damage: { kind: 'truncated', message, member: cut.path } };
    }
    if (damage !== null) {
      const message = (damage as Error).message;
      const kind = message === 'Unexpected end of data' ? 'truncated' : 'corrupt';
      return { damage: { kind, message, member: null } };
    }
    return { damage: null };
  } finally {
    tar.destroy();
  }
}

/** Resolves at `event`, or when the stream failed or was closed before it. */
function settled(stream: NodeJS.EventEmitter, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const name of [event, 'error', 'close']) stream.off(name, done);
      resolve();
    };
    for (const name of [event, 'error', 'close']) stream.once(name, done);
  });
}

type Taken =
  | { readonly path: string; readonly gap: Gap | null }
  /** null = nothing to say, as for a folder. */
  | { readonly skip: Gap | null };

function takeMember(header: Header): Taken {
  const named = memberPath(header.name);
  const shown = named.path.slice(0, 200);
  switch (header.type) {
    case 'directory':
      return { skip: null };
    case 'symlink':
    case 'link':
      return {
        skip: {
          kind: 'link',
          weight: 'minor',
          message: `link to ${memberPath(header.linkname ?? '').path.slice(0, 200)} not followed`,
          file: shown,
          byte: null,
        },
      };
    case 'character-device':
    case 'block-device':
    case 'fifo':
      return {
        skip: { kind: 'special-file', weight: 'minor', message: `${header.type} skipped`, file: shown, byte: null },
      };
    default:
  }
  if (named.path === '') {
    return {
      skip: { kind: 'name', weight: 'minor', message: 'member without a usable name skipped', file: null, byte: null },
    };
  }
  if (named.path.length > NAME_CHARS_MAX) {
    const path = named.path.slice(0, NAME_CHARS_MAX);
    return {
      path,
      gap: { kind: 'name', weight: 'minor', message: 'name cut to 4,096 characters', file: shown, byte: null },
    };
  }
  const gap: Gap | null =
    named.changed === null
      ? null
      : {
          kind: 'name',
          weight: 'minor',
          message: `name holds a ${named.changed}; shown without it`,
          file: shown,
          byte: null,
        };
  return { path: named.path, gap };
}

function limitGap(name: string): Gap {
  return {
    kind: 'limit',
    weight: 'major',
    message: `more than ${MEMBERS_MAX.toLocaleString('en')} members; this one and the following are not read`,
    file: memberPath(name).path.slice(0, 200),
    byte: null,
  };
}
