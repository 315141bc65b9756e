import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokenRules, findCycle, ROOMS } from './rooms.ts';
import { isTest, ROOT, readSources, sourceText } from './source-files.ts';

const sources = readSources('analyzer', 'electron', 'renderer');

describe('the house', () => {
  test('was looked at: every room holds sources, and their imports were found', () => {
    expect(sources.length).toBeGreaterThan(100);
    const rooms = new Set(
      sources.filter((source) => source.path.startsWith('analyzer/')).map((source) => source.path.split('/')[1]),
    );
    for (const room of Object.keys(ROOMS)) expect(rooms, `analyzer/${room}`).toContain(room);
    expect(sources.reduce((sum, source) => sum + source.imports.length, 0)).toBeGreaterThan(300);
  });

  test('keeps the dependency rules', () => {
    expect(brokenRules(sources)).toEqual([]);
  });

  test('has no import cycles', () => {
    expect(findCycle(sources)).toBeNull();
  });

  test('has no source file over 400 lines', () => {
    const long = sources.filter((source) => !isTest(source.path) && source.text.split('\n').length > 401);
    expect(long.map((source) => source.path)).toEqual([]);
  });

  test('has only the agreed entries at the top', () => {
    const allowed = new Set(
      `analyzer electron renderer fixtures test docs package.json package-lock.json tsconfig.json README.md ARCHITECTURE.md
       CHANGELOG.md SECURITY.md LICENSE .npmrc .gitignore .ci .git node_modules dist release out .cache test-results coverage`.split(
        /\s+/,
      ),
    );
    expect(readdirSync(ROOT).filter((name) => !allowed.has(name))).toEqual([]);
  });
});

describe('the rules themselves can fail', () => {
  test.each([
    ['analyzer/core/x.ts', "import { a } from '../store/schema.ts';"],
    ['analyzer/parsers/x.ts', "import type { A } from '../facts/node-facts.ts';"],
    ['analyzer/jobs/x.ts', "import Database from 'better-sqlite3';"],
    ['analyzer/store/x.ts', "import Database from 'better-sqlite3';"],
    ['analyzer/jobs/x.ts', "import { gunzipSync } from 'node:zlib';"],
    ['analyzer/jobs/x.ts', "import { get } from 'node:http';"],
    ['analyzer/jobs/x.ts', "const http = require('https');"],
    ['analyzer/jobs/x.ts', "const x = await fetch('a');"],
    ['analyzer/store/x.ts', 'const here = import.meta.dirname;'],
    ['analyzer/store/x.ts', 'new WebAssembly.Module(bytes);'],
    ['analyzer/core/x.ts', "import { z } from 'zod';"],
    ['analyzer/jobs/x.ts', 'await worker.terminate();'],
    ['analyzer/hosts/x.ts', 'process.exit(1);'],
    ['analyzer/store/x.ts', 'const packed = zstdCompressSync(bytes);'],
    ['analyzer/nowhere/x.ts', "import { a } from '../core/ids.ts';"],
    ['analyzer/hosts/cli/x.ts', "import { app } from 'electron';"],
    ['renderer/features/x.tsx', "import { a } from '../../analyzer/engine.ts';"],
    ['renderer/features/x.tsx', "import { readFile } from 'node:fs';"],
    ['renderer/features/x.tsx', 'export default function X() {}'],
    ['electron/x.ts', "import { a } from '../analyzer/store/case-store.ts';"],
  ])('%s: %s', (file, text) => {
    expect(brokenRules([sourceText(file, text)])).toHaveLength(1);
  });

  test('comments are no code, and what is allowed passes', () => {
    const fine = [
      sourceText('analyzer/store/x.ts', "// fetch('a') and WebAssembly\nimport { ok } from '../core/failure.ts';"),
      sourceText('analyzer/core/x.ts', "import * as z from 'zod';"),
      sourceText('analyzer/hosts/web/x.ts', "import { createServer } from 'node:http';"),
      sourceText('renderer/bridge/web/x.ts', "const x = await fetch('/api');"),
    ];
    expect(brokenRules(fine)).toEqual([]);
  });

  test('a cycle is found', () => {
    const a = sourceText('analyzer/core/a.ts', "import { b } from './b.ts';");
    const b = sourceText('analyzer/core/b.ts', "export * from './a.ts';");
    expect(findCycle([a, b])).toEqual(['analyzer/core/a.ts', 'analyzer/core/b.ts', 'analyzer/core/a.ts']);
  });
});

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly dev?: boolean; readonly optional?: boolean }>
  >;
}

describe('dependencies', () => {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;

  test('are pinned exactly', () => {
    const all = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    );
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('come from whatever registry is configured: the lockfile names none', () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(Object.values(lock.packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
  });

  test('of the product contain no WebAssembly', () => {
    const shipped = Object.entries(lock.packages).filter(
      ([name, entry]) => name !== '' && !entry.dev && !name.includes('node_modules/node-'),
    );
    expect(shipped.length).toBeGreaterThan(15);
    const wasm = shipped.flatMap(([name]) =>
      filesBelow(path.join(ROOT, name)).filter((file) => file.endsWith('.wasm')),
    );
    expect(wasm).toEqual([]);
  });
});

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
