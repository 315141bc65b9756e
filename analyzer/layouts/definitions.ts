/** Layouts are YAML beside this file; they are read and validated once, when first needed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { parsedAtBuild } from '../core/parsed-yaml.ts';
import { dataFolder } from '../core/resources.ts';
import { compileGlob, type Glob } from './glob.ts';
import { ROLES, type Role } from './roles.ts';

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

const pattern = z.string().transform((text) => new RegExp(text, 'm'));

/** A glob, or a glob of files whose first bytes say something as well. */
const MarkerSource = z.union([
  z.string().transform((text) => ({ path: text, says: null })),
  z.strictObject({ path: z.string(), says: pattern }),
]);

const RoleSource = z.strictObject({
  path: z.string(),
  role: z.enum(ROLES),
  /** `path`: what is there is told by its place even when its content looks like something else. */
  first: z.enum(['content', 'path']).default('content'),
  /** Not when the bundle holds a file that matches this: the same lines in two files would be counted twice. */
  unless: z.string().optional(),
});

const LayoutSource = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** What the files are of. A cluster's bundle may hold logs of many nodes, and names none. */
  about: z.enum(['node', 'cluster']),
  /** Where both are found at the same depth, this layout wins over that one: it is the same tree with more in it. */
  refines: z.string().optional(),
  /** Globs of members that only this layout has; the one closest to the root decides. */
  markers: z.array(MarkerSource),
  /** `objects`: without any marker, a bundle of nothing but Kubernetes objects is this layout. */
  holds: z.enum(['objects']).optional(),
  /** Names of its archives and folders that hold the node's name, group node; their times are told by time/name-time.ts. */
  names: z.array(pattern).default([]),
  /** Files whose first line is the node's name. */
  hostnames: z.array(z.string()).default([]),
  /** Folders at its root that hold the node's name, group node. */
  nodeFolder: pattern.optional(),
  /** Files that say when it was collected, the best first; `unknown`: nothing in it does. */
  collected: z.union([z.array(z.string()), z.literal('unknown')]).default([]),
  /** First match wins. */
  roles: z.array(RoleSource),
  /** The last line of whole listings, at these places. */
  footer: z.strictObject({ path: z.string(), line: z.string() }).optional(),
  expected: z.array(ExpectedFile),
});

export interface LayoutMarker {
  readonly glob: Glob;
  /** What the first bytes must say, or null when the path is enough. */
  readonly says: RegExp | null;
}

export interface RoleEntry {
  readonly glob: Glob;
  readonly role: Role;
  readonly first: 'content' | 'path';
  readonly unless: Glob | null;
}

export interface LayoutDefinition {
  readonly id: string;
  readonly title: string;
  readonly about: 'node' | 'cluster';
  readonly refines: string | null;
  readonly markers: readonly LayoutMarker[];
  readonly holds: 'objects' | null;
  readonly names: readonly RegExp[];
  readonly hostnames: readonly Glob[];
  readonly nodeFolder: RegExp | null;
  readonly collected: readonly Glob[] | 'unknown';
  readonly roles: readonly RoleEntry[];
  readonly footer: { readonly glob: Glob; readonly line: string } | null;
  readonly expected: readonly ExpectedFile[];
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
    const text = readFileSync(path.join(folder, name), 'utf8');
    const layout = definition(LayoutSource.parse(parsedAtBuild(text) ?? parse(text)));
    if (found.has(layout.id)) throw new Error(`layout id ${layout.id} is used twice`);
    found.set(layout.id, layout);
  }
  cached = found;
  return found;
}

function definition(source: z.infer<typeof LayoutSource>): LayoutDefinition {
  return {
    id: source.id,
    title: source.title,
    about: source.about,
    refines: source.refines ?? null,
    markers: source.markers.map(({ path: glob, says }) => ({ glob: compileGlob(glob), says })),
    holds: source.holds ?? null,
    names: source.names,
    hostnames: source.hostnames.map(compileGlob),
    nodeFolder: source.nodeFolder ?? null,
    collected: source.collected === 'unknown' ? 'unknown' : source.collected.map(compileGlob),
    roles: source.roles.map(({ path: glob, role, first, unless }) => ({
      ...{ glob: compileGlob(glob), role, first },
      unless: unless === undefined ? null : compileGlob(unless),
    })),
    footer: source.footer === undefined ? null : { glob: compileGlob(source.footer.path), line: source.footer.line },
    expected: source.expected,
  };
}

/** @returns the layout with this id, or the generic one when there is none. */
export function layoutDefinition(id: string): LayoutDefinition {
  const all = layoutDefinitions();
  return all.get(id) ?? (all.get('generic') as LayoutDefinition);
}
