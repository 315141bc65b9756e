/** Layouts are YAML beside this file; they are read and validated once, when first needed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { parse } from 'yaml';
import { z } from 'zod';
import { dataFolder } from '../core/resources.ts';
import { ROLES } from './roles.ts';

/** One file the layout's collector normally writes. Globs are relative to the bundle's root. */
const ExpectedFile = z
  .strictObject({
    path: z.string(),
    /** A second place where the same thing may be. */
    also: z.string().optional(),
    role: z.enum(ROLES),
    /** What cannot be known without it, as the end of "Without it we do not know ...". */
    prevents: z.string(),
    /** Exact command for the customer. */
    ask: z.string(),
  })
  .readonly();
export type ExpectedFile = z.infer<typeof ExpectedFile>;

const LayoutSource = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Globs of members that only this layout has; the one closest to the root decides. */
  markers: z.array(z.string()),
  /** First match wins. */
  roles: z.array(z.strictObject({ path: z.string(), role: z.enum(ROLES) })),
  expected: z.array(ExpectedFile),
});

export type PathTest = (path: string) => boolean;

export interface LayoutDefinition {
  readonly id: string;
  readonly title: string;
  readonly markers: readonly { readonly glob: string; readonly test: PathTest }[];
  readonly roles: readonly { readonly glob: string; readonly role: string; readonly test: PathTest }[];
  readonly expected: readonly ExpectedFile[];
}

/** @returns a matcher for a glob over bundle paths; names starting with a dot match like any other. */
export function pathTest(glob: string): PathTest {
  return picomatch(glob, { dot: true });
}

let cached: ReadonlyMap<string, LayoutDefinition> | null = null;

/** @returns every layout by id. A YAML file that does not validate is a bug of ours and throws. */
export function layoutDefinitions(): ReadonlyMap<string, LayoutDefinition> {
  if (cached !== null) return cached;
  const folder = dataFolder('layouts');
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const found = new Map<string, LayoutDefinition>();
  for (const name of names) {
    const source = LayoutSource.parse(parse(readFileSync(path.join(folder, name), 'utf8')));
    if (found.has(source.id)) throw new Error(`layout id ${source.id} is used twice`);
    found.set(source.id, {
      id: source.id,
      title: source.title,
      markers: source.markers.map((glob) => ({ glob, test: pathTest(glob) })),
      roles: source.roles.map((entry) => ({ glob: entry.path, role: entry.role, test: pathTest(entry.path) })),
      expected: source.expected,
    });
  }
  cached = found;
  return found;
}

/** @returns the layout with this id, or the generic one when there is none. */
export function layoutDefinition(id: string): LayoutDefinition {
  const all = layoutDefinitions();
  return all.get(id) ?? (all.get('generic') as LayoutDefinition);
}
