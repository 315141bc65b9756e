/**
 * Reads back what a PDF by Skia (Chromium's PDF writer) shows, so that tests can tell what was printed. Knows what Skia
 * writes and no more: plain objects, deflated streams, composite fonts with a ToUnicode map named after their object
 * (`/F4` is `4 0 obj`). PDF 32000-1:2008: 7.3 objects, 9.10.3 ToUnicode, 12.5.6.5 links.
 */
import { inflateSync } from 'node:zlib';

export interface ReadPdf {
  /** Text of each page, as it was drawn; spaces are those that have a glyph. */
  readonly pages: readonly string[];
  /** Fonts, and those whose file is in the PDF. */
  readonly fonts: number;
  readonly fontsInside: number;
  /** Addresses that links lead to; links within the document have none. */
  readonly addresses: readonly string[];
  /** Width and height of the pages in points, each size once. */
  readonly sizes: readonly string[];
}

interface PdfObject {
  readonly text: string;
  readonly stream: string;
}

/** @throws when it is no PDF. */
export function readPdf(bytes: Uint8Array): ReadPdf {
  const raw = Buffer.from(bytes).toString('latin1');
  if (!raw.startsWith('%PDF-')) throw new Error(`no PDF, but ${raw.slice(0, 20)}`);
  const objects = new Map<number, PdfObject>();
  for (const found of raw.matchAll(/(?<=^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    objects.set(Number(found[1]), parseObject(found[2] ?? ''));
  }
  const all = [...objects.values()];
  const maps = new Map<string, ReadonlyMap<string, string>>();
  for (const [id, { text }] of objects) {
    const map = /\/ToUnicode (\d+) 0 R/.exec(text)?.[1];
    if (map !== undefined) maps.set(`F${id}`, readCmap(objects.get(Number(map))?.stream ?? ''));
  }
  const pages = all.filter(({ text }) => /\/Type \/Page\b(?!s)/.test(text));
  return {
    pages: pages.map(({ text }) => {
      const contents = /\/Contents (?:\[([^\]]*)\]|(\d+ 0 R))/.exec(text);
      const ids = [...(contents?.[1] ?? contents?.[2] ?? '').matchAll(/(\d+) 0 R/g)];
      return ids.map(([, id]) => shownText(objects.get(Number(id))?.stream ?? '', maps)).join('');
    }),
    fonts: all.filter(({ text }) => /\/Type \/FontDescriptor\b/.test(text)).length,
    fontsInside: all.filter(({ text }) => /\/Type \/FontDescriptor\b/.test(text) && /\/FontFile[23]? /.test(text))
      .length,
    addresses: all.flatMap(({ text }) => [...text.matchAll(/\/URI \(([^)]*)\)/g)].map(([, address]) => address ?? '')),
    sizes: [...new Set(pages.map(({ text }) => /\/MediaBox \[0 0 ([\d. ]+)\]/.exec(text)?.[1] ?? 'none'))],
  };
}

function parseObject(body: string): PdfObject {
  const at = body.indexOf('stream\n');
  if (at < 0) return { text: body, stream: '' };
  const text = body.slice(0, at);
  const bytes = Buffer.from(body.slice(at + 'stream\n'.length, body.lastIndexOf('\nendstream')), 'latin1');
  return {
    text,
    stream: text.includes('/FlateDecode') ? inflateSync(bytes).toString('latin1') : bytes.toString('latin1'),
  };
}

const unicode = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le');

function readCmap(cmap: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [, block] of cmap.matchAll(/beginbfchar\n([\s\S]*?)endbfchar/g)) {
    for (const [, glyph, text] of (block ?? '').matchAll(/<(\w+)> <(\w+)>/g)) map.set(glyph ?? '', unicode(text ?? ''));
  }
  for (const [, block] of cmap.matchAll(/beginbfrange\n([\s\S]*?)endbfrange/g)) {
    for (const [, first, last, text] of (block ?? '').matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      const from = Number.parseInt(first ?? '', 16);
      const start = Number.parseInt(text ?? '', 16);
      for (let glyph = from; glyph <= Number.parseInt(last ?? '', 16); glyph += 1) {
        map.set(glyph.toString(16).toUpperCase().padStart(4, '0'), String.fromCodePoint(start + glyph - from));
      }
    }
  }
  return map;
}

/** Skia shows glyphs of two bytes each, as hex strings: `<002B0028> Tj`. */
function shownText(content: string, maps: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  let font: ReadonlyMap<string, string> = new Map();
  let shown = '';
  for (const [, name, glyphs] of content.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj/g)) {
    if (name !== undefined) font = maps.get(name) ?? new Map();
    else shown += (glyphs ?? '').replaceAll(/.{4}/g, (glyph) => font.get(glyph) ?? '?');
  }
  return shown;
}
