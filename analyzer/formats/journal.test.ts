import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lz4Object, xzObject, zstdObject } from '../archive/journal-codecs.ts';
import { JournalChecks } from './journal-checks.ts';
import { JournalFile, type JournalHeader, OBJECT_TYPE, readHeader } from './journal-file.ts';
import { byteCount, ENTRY_TEXT_MAX, EntryPrinter, stripTerminal } from './journal-line.ts';
import { type JournalEnd, type JournalLine, journalLines, journalText, type SevereEntry } from './journal-text.ts';
import { walkEntries } from './journal-walk.ts';

const CODECS = { xz: xzObject, lz4: lz4Object, zstd: zstdObject };
const FOLDER = path.join(import.meta.dirname, '../../fixtures/data/journal');
const JOURNALS = readdirSync(FOLDER).filter((name) => name.endsWith('.journal.gz'));
/** journalctl of the version whose output is committed; others print some fields otherwise. */
const JOURNALCTL = '/usr/bin/journalctl';
const ENTRIES = 173;

const unpacked = (name: string): Buffer => gunzipSync(readFileSync(path.join(FOLDER, name)));

/** What journalctl printed: one text for the files called `node-`, which hold the same entries. */
const printed = (name: string): string =>
  unpacked(name.startsWith('node-') ? 'node.txt.gz' : name.replace('.journal.', '.txt.')).toString();

interface Read {
  readonly text: string;
  readonly severe: readonly (SevereEntry & { readonly line: string })[];
  readonly largest: number;
  readonly end: JournalEnd;
}

function readText(bytes: Uint8Array): Read {
  const chunks: Buffer[] = [];
  const severe: SevereEntry[] = [];
  let total = 0;
  const reading = journalText(bytes, CODECS);
  for (;;) {
    const step = reading.next();
    if (step.done) {
      const all = Buffer.concat(chunks);
      const lineAt = (byte: number) => all.toString('utf8', byte, all.indexOf('\n', byte));
      const largest = Math.max(0, ...chunks.map((chunk) => chunk.length));
      const marked = severe.map((one) => ({ ...one, line: lineAt(one.byte) }));
      return { text: all.toString(), severe: marked, largest, end: step.value };
    }
    for (const one of step.value.severe) severe.push({ ...one, byte: one.byte + total });
    chunks.push(Buffer.from(step.value.bytes));
    total += step.value.bytes.length;
  }
}

function readLines(bytes: Uint8Array): { readonly lines: readonly JournalLine[]; readonly end: JournalEnd } {
  const lines: JournalLine[] = [];
  const reading = journalLines(bytes, CODECS);
  for (;;) {
    const step = reading.next();
    if (step.done) return { lines, end: step.value };
    lines.push(step.value);
  }
}

/** The file without the room behind its last object, so that damaging it a thousand times is quick. */
function trimmed(name: string): Buffer {
  const bytes = unpacked(name);
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  return bytes.subarray(0, Math.ceil(end / 8) * 8);
}

function opened(bytes: Uint8Array): JournalFile {
  return new JournalFile(bytes, readHeader(bytes) as JournalHeader, CODECS);
}

/** Offset and type of every object. */
function objectsOf(bytes: Uint8Array): readonly { readonly offset: number; readonly type: number }[] {
  const file = opened(bytes);
  const objects: { offset: number; type: number }[] = [];
  for (let at: number | null = file.header.headerBytes; at !== null && at + 16 <= bytes.length; at = file.behind(at)) {
    objects.push({ offset: at, type: bytes[at] as number });
  }
  return objects;
}

describe('a journal file', () => {
  test.each(JOURNALS)('%s reads as journalctl prints it', (name) => {
    const read = readText(unpacked(name));
    expect(read.end).toMatchObject({ refused: null, lost: 0, lostFields: 0, altered: 0, why: [] });
    expect(read.text).toBe(printed(name));
    expect(read.largest).toBeLessThanOrEqual(1 << 20);
  });

  test.each(['node-compact-zstd.journal.gz', 'node-regular-xz.journal.gz', 'odd-fields.journal.gz'])(
    '%s: what is committed is what journalctl of that version prints',
    (name) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'journal-'));
      try {
        const file = path.join(folder, 'a.journal');
        writeFileSync(file, unpacked(name));
        const run = (args: readonly string[]) =>
          execFileSync(JOURNALCTL, args, { env: { TZ: 'UTC' }, maxBuffer: 1 << 26 }).toString();
        const here = existsSync(JOURNALCTL) && run(['--version']).startsWith('systemd 252 ');
        const said = here ? run(['--file', file, '-o', 'short-iso-precise', '--no-pager']) : printed(name);
        expect(readText(readFileSync(file)).text).toBe(said);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test('priorities stand beside the lines that do not show them', () => {
    const name = 'node-compact-zstd.journal.gz';
    const { lines } = readLines(unpacked(name));
    const panic = lines.find((line) => Buffer.from(line.text).includes('panic: runtime error'));
    expect(panic?.priority).toBe(3);
    expect(lines.find((line) => Buffer.from(line.text).includes('nothing but a message'))?.priority).toBeNull();
    expect(lines.find((line) => Buffer.from(line.text).includes('priority out of range'))?.priority).toBeNull();
    const { severe } = readText(unpacked(name));
    const expected = lines.filter((line) => line.priority !== null && line.priority <= 4);
    expect(severe.map((one) => one.line)).toEqual(
      expected.map((line) => Buffer.from(line.text).toString().split('\n', 1)[0]),
    );
    expect(severe.length).toBeGreaterThan(20);
  });

  test('the printed instant is given too, and boots have their own lines', () => {
    const { lines } = readLines(unpacked('node-regular-plain.journal.gz'));
    for (const { text, realtimeUs } of lines) {
      const line = Buffer.from(text).toString();
      if (realtimeUs === null) expect(line).toMatch(/^-- Boot [0-9a-f]{32} --\n$/);
      else expect(Math.floor(realtimeUs / 1000)).toBe(Date.parse(`${line.slice(0, 23)}Z`));
    }
    expect(lines.filter((line) => line.realtimeUs === null)).toHaveLength(2);
  });

  test('features of a later systemd are refused by their number', () => {
    const bytes = unpacked('node-compact-zstd.journal.gz');
    bytes[12] = (bytes[12] as number) | 0x40;
    expect(readText(bytes).end.refused).toBe('it needs features of a later systemd (incompatible flags 0x40)');
  });

  test('a journal that was still open is read to its end', () => {
    const bytes = unpacked('node-compact-zstd.journal.gz');
    bytes[16] = 1;
    expect(readText(bytes).text).toBe(printed('node-compact-zstd.journal.gz'));
    // The header is behind: it counts fewer entries than there are.
    bytes.writeBigUInt64LE(100n, 152);
    expect(readText(bytes).text).toBe(printed('node-compact-zstd.journal.gz'));
  });
});

describe('a damaged journal file', () => {
  test.each(['node-compact-zstd.journal.gz', 'node-regular-lz4.journal.gz'])(
    '%s cut anywhere: every entry before the cut comes out, the others are counted',
    (name) => {
      const bytes = trimmed(name);
      const whole = printed(name);
      const ends = [...walkEntries(opened(bytes))].map((entry) => entry.end);
      const first = ends[0] as number;
      expect(ends).toHaveLength(ENTRIES);
      for (let cut = bytes.length; cut > first - 5000; cut -= 4391) {
        const read = readText(bytes.subarray(0, cut));
        const there = ends.filter((end) => end <= cut).length;
        expect(read.end).toMatchObject({ refused: null, entries: there, lost: ENTRIES - there });
        expect(whole.startsWith(read.text)).toBe(true);
        expect(read.end.why.length > 0).toBe(there < ENTRIES);
      }
    },
  );

  test('cut inside its header it is refused, and says so', () => {
    const bytes = trimmed('node-compact-zstd.journal.gz');
    for (let cut = 0; cut < 208; cut++) expect(readText(bytes.subarray(0, cut)).end.refused).toContain(`${cut} bytes`);
  });

  test.each(['node-compact-zstd.journal.gz', 'node-regular-xz.journal.gz'])(
    '%s with one bit wrong in any kind of object: the other entries come out, what is lost is counted',
    (name) => {
      const bytes = trimmed(name);
      const good = new Set(readLines(bytes).lines.map((line) => Buffer.from(line.text).toString()));
      const objects = objectsOf(bytes);
      expect(new Set(objects.map(({ type }) => type))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
      let state = 7;
      const random = (below: number) => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 8) % below;
      };
      for (const { offset, type } of objects.filter(
        (object, index) => index % (object.type === OBJECT_TYPE.data ? 17 : 3) === 0,
      )) {
        const size = bytes.readUInt32LE(offset + 8);
        const at = offset + random(random(3) === 0 ? 16 : Math.min(size, 120));
        const before = bytes[at] as number;
        bytes[at] = before ^ (1 << random(8));
        const { lines, end } = readLines(bytes);
        bytes[at] = before;
        expect(end.entries).toBeGreaterThanOrEqual(ENTRIES - 1);
        expect(end.entries + end.lost).toBeGreaterThanOrEqual(ENTRIES);
        if (type !== OBJECT_TYPE.entry && type !== OBJECT_TYPE.entryArray) expect(end.entries).toBe(ENTRIES);
        if (type === OBJECT_TYPE.data || type === OBJECT_TYPE.entry) continue;
        for (const line of lines) expect(good.has(Buffer.from(line.text).toString())).toBe(true);
      }
    },
  );

  test('an unreadable message is a lost entry, an unreadable name a lost field', () => {
    const bytes = trimmed('node-compact-zstd.journal.gz');
    const file = opened(bytes);
    const long = objectsOf(bytes).find(({ offset, type }) => type === 1 && file.isPacked(offset));
    bytes.fill(0xff, (long?.offset ?? 0) + 80, (long?.offset ?? 0) + 90);
    // All three boots share it.
    expect(readText(bytes).end).toMatchObject({ entries: ENTRIES, lost: 3, why: ['fields of entries are damaged'] });
    const host = objectsOf(bytes).find(({ offset, type }) => {
      const payload = type === 1 ? file.payloadAt(offset) : null;
      return payload !== null && Buffer.from(payload.bytes).indexOf('_HOSTNAME=', payload.start) === payload.start;
    });
    bytes[host?.offset ?? 0] = 2;
    const read = readText(bytes);
    expect(read.end.lostFields).toBeGreaterThan(100);
    expect(read.text).toContain('+0000 kubelet[1523]: panic: runtime error');
  });

  test.each(['node-compact-zstd.journal.gz', 'node-regular-xz.journal.gz', 'node-regular-plain.journal.gz'])(
    '%s: no wrong bit of a field is shown as it was logged',
    (name) => {
      const bytes = trimmed(name);
      const whole = printed(name);
      const payloadAt = name.includes('compact') ? 72 : 64;
      const fields = objectsOf(bytes).filter(({ type }) => type === OBJECT_TYPE.data);
      for (const [nth, { offset }] of fields.entries()) {
        if (nth % 5 > 0) continue;
        const at = offset + payloadAt + ((nth * 31) % (bytes.readUInt32LE(offset + 8) - payloadAt));
        bytes[at] = (bytes[at] as number) ^ (1 << (nth % 8));
        const { text, end } = readText(bytes);
        bytes[at] = (bytes[at] as number) ^ (1 << (nth % 8));
        expect(end.why).not.toEqual([]);
        if (text !== whole) expect(end.altered + end.lost + end.lostFields).toBeGreaterThan(0);
      }
    },
  );

  test('a wrong bit in a message, in the name of its field, and in a field that is not printed', () => {
    const bytes = trimmed('node-regular-plain.journal.gz');
    const wrong = (text: string) => {
      const at = bytes.indexOf(text);
      bytes[at] = (bytes[at] as number) ^ 1;
      const { end } = readText(bytes);
      bytes[at] = (bytes[at] as number) ^ 1;
      return end;
    };
    const why = '1 of its fields does not fit the checksum stored with it';
    // All three boots share it.
    expect(wrong('panic: runtime error')).toMatchObject({ lost: 0, altered: 3, why: [why] });
    expect(wrong('MESSAGE=panic: runtime error')).toMatchObject({ lost: 3, altered: 0, why: [why] });
    const unit = wrong('_SYSTEMD_UNIT=kubelet.service');
    expect(unit).toMatchObject({ lost: 0, why: [why] });
    expect(unit.altered).toBeGreaterThan(30);
  });

  test('fields that overlap are not hashed without end', () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024);
    trimmed('node-regular-plain.journal.gz').copy(bytes, 0, 0, 272);
    const file = opened(bytes);
    const checks = new JournalChecks(file);
    let looked = 0;
    while (!checks.gaveUp && looked++ < 100) {
      checks.look(272 + looked * 8, { bytes, start: 272, end: bytes.length });
    }
    expect(looked).toBeLessThan(20);
  });

  test('what unpacks without end is given up, and said', () => {
    const bytes = trimmed('node-compact-zstd.journal.gz');
    const zeros = new Uint8Array(15 * 1024 * 1024);
    let calls = 0;
    const endless = () => {
      calls++;
      return zeros;
    };
    const file = new JournalFile(bytes, readHeader(bytes) as JournalHeader, { ...CODECS, zstd: endless });
    const packed = objectsOf(bytes).find(({ offset, type }) => type === 1 && file.isPacked(offset))?.offset ?? 0;
    while (file.payloadAt(packed) !== null && calls < 1000);
    expect(file.unpackedTooMuch).toBe(true);
    expect(calls).toBeLessThan(20);
  });

  test('an index that points many times to one place that looks like an entry costs little', () => {
    const bytes = trimmed('node-compact-plain.journal.gz');
    const array = bytes.readUInt32LE(176);
    const first = bytes.readUInt32LE(array + 24);
    const hostile = Buffer.concat([bytes, Buffer.alloc(400_000 * 4 + 64)]);
    hostile.writeBigUInt64LE(BigInt(bytes.length), 176);
    hostile[bytes.length] = 6;
    hostile.writeUInt32LE(400_000 * 4 + 24, bytes.length + 8);
    for (let item = 0; item < 400_000; item++) hostile.writeUInt32LE(first + 8, bytes.length + 24 + item * 4);
    const { end } = readLines(hostile);
    expect(end.entries).toBe(ENTRIES);
    expect(end.why).toContain('its index is damaged');
  });

  test('any bytes behind a good header, and any wrong bytes in a good file, come to an end', () => {
    const good = trimmed('node-compact-lz4.journal.gz');
    const [first] = [...walkEntries(opened(good))];
    const start = (first?.offset ?? 0) - 4000;
    const damage = fc.array(
      fc.tuple(fc.nat({ max: good.length - start - 1 }), fc.uint8Array({ minLength: 1, maxLength: 40 })),
    );
    fc.assert(
      fc.property(damage, fc.uint8Array({ maxLength: 272 }), fc.boolean(), (places, header, damagesHeader) => {
        const bytes = Buffer.from(good);
        for (const [at, wrong] of places) bytes.set(wrong.slice(0, bytes.length - start - at), start + at);
        if (damagesHeader) bytes.set(header.slice(0, 100), 88 + ((header[0] ?? 0) % 80));
        const { end } = readLines(bytes);
        expect(end.entries).toBeLessThanOrEqual(4 * ENTRIES);
        expect(end.entries + end.lost + (end.refused === null ? 0 : ENTRIES)).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (rest) => {
        const { end } = readLines(Buffer.concat([good.subarray(0, 264), rest]));
        expect(end.refused).toBeNull();
      }),
    );
  });
});

describe('a line of a journal', () => {
  const fields = { message: null, host: null, identifier: null, command: null, pid: null, syslogPid: null };

  test('colours, titles and tabs are taken out as systemd does', () => {
    const stripped = (text: string) => Buffer.from(stripTerminal(Buffer.from(text))).toString();
    expect(stripped('\x1b[1;31mred\x1b[0m\tx\r\n')).toBe('red        x\n');
    expect(stripped('\x1b]0;title\x07text\r\r')).toBe('text');
    expect(stripped('\x1b[31')).toBe('\x1b[31');
    expect(stripped('\x1b[2Jx\ry')).toBe('\x1b[2Jx\ry');
    expect(stripped('\x1b\x1b[m')).toBe('\x1b\x1b[m');
  });

  test('sizes of blobs are cut, not rounded', () => {
    expect([0, 17, 1023, 1024, 4095, 1024 ** 2 - 1, 1024 ** 2, 17_300_000].map(byteCount)).toEqual([
      '0B',
      '17B',
      '1023B',
      '1.0K',
      '3.9K',
      '1023.9K',
      '1.0M',
      '16.4M',
    ]);
  });

  test('a message of newlines is cut where indentation would make it too long', () => {
    const message = Buffer.alloc(2 * 1024 * 1024, '\n');
    const { text, cut } = new EntryPrinter().print(1, { ...fields, message });
    expect(cut).toBe(true);
    expect(text.length).toBeLessThanOrEqual(ENTRY_TEXT_MAX + 100);
    expect(text.length).toBeGreaterThan(ENTRY_TEXT_MAX - 100);
    expect(new EntryPrinter().print(1, { ...fields, message: message.subarray(0, 1000) }).cut).toBe(false);
  });
});
