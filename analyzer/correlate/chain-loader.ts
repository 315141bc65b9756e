/** Reads the declared chains. A broken file is told with line and column and skipped: it never stops the others. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parsedAtBuild } from '../core/parsed-yaml.ts';
import { type FileMistake, readYaml } from '../core/placed-yaml.ts';
import type { LinePattern } from '../rules/rule-lines.ts';
import { type Chain, ChainSource } from './chain-schema.ts';

export interface RejectedChain extends FileMistake {
  readonly file: string;
}

export interface LoadedChains {
  /** Sorted by id. */
  readonly chains: readonly Chain[];
  readonly rejected: readonly RejectedChain[];
}

/** What a chain may name. */
export interface KnownNames {
  readonly roles: readonly string[];
  /** Ids of rules. */
  readonly rules: ReadonlySet<string>;
}

/** @returns the chains of a folder, each in a file with the name of its id. */
export function loadChains(folder: string, known: KnownNames): LoadedChains {
  const chains: Chain[] = [];
  const rejected: RejectedChain[] = [];
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  for (const file of files.sort()) {
    const parsed = parseChain(readFileSync(path.join(folder, file), 'utf8'), file, known);
    if (!parsed.ok) rejected.push(...parsed.reasons);
    else if (`${parsed.chain.id}.yaml` !== file)
      rejected.push({ file, line: 1, column: 1, message: `its id is ${parsed.chain.id}: name the file so` });
    else chains.push(parsed.chain);
  }
  return { chains, rejected };
}

export type ParsedChain =
  | { readonly ok: true; readonly chain: Chain }
  | { readonly ok: false; readonly reasons: readonly RejectedChain[] };

/** @returns the chain in a YAML text, or everything that is wrong with it, with line and column; never throws. */
export function parseChain(text: string, file: string, known: KnownNames): ParsedChain {
  const built = parsedAtBuild(text);
  const sound = built === undefined ? null : ChainSource.safeParse(built);
  if (sound?.success === true && unknownNames(sound.data, known).length === 0) return { ok: true, chain: sound.data };
  const read = readYaml(text, ChainSource, 'chain');
  if (!read.ok) return { ok: false, reasons: read.mistakes.map((mistake) => ({ file, ...mistake })) };
  const { value, placeOf } = read.part;
  const unknown = unknownNames(value, known);
  if (unknown.length === 0) return { ok: true, chain: value };
  return {
    ok: false,
    reasons: unknown.map(({ step, key, message }) => ({ file, ...placeOf(['steps', step, key]), message })),
  };
}

interface UnknownName {
  readonly step: number;
  readonly key: 'rules' | 'where';
  readonly message: string;
}

function unknownNames({ steps }: Chain, { roles, rules }: KnownNames): readonly UnknownName[] {
  return steps.flatMap((step, at) => [
    ...step.rules
      .filter((id) => !rules.has(id))
      .map((id) => ({ step: at, key: 'rules' as const, message: `there is no rule ${id}` })),
    ...[...(step.where ?? []), ...(step.match ?? [])]
      .flatMap((entry) => entry.roles ?? [])
      .filter((role) => !roles.includes(role))
      .map((role) => ({ step: at, key: 'where' as const, message: `there is no file role ${role}` })),
  ]);
}

/** @returns the id under which lines of a step's own are looked for; no rule has a `:` in its id. */
function stepPatternId({ id }: Chain, step: number): string {
  return `${id}:${step}`;
}

/**
 * What kubelet quotes of a pod's output counts here (only rules about probes see it): whoever wrote the step knew its lines.
 * @returns what the steps look for beside rules.
 */
export function chainPatterns(chains: readonly Chain[]): readonly LinePattern[] {
  return chains.flatMap((chain) =>
    chain.steps.flatMap(({ where, match, unless }, step) =>
      where === undefined || match === undefined
        ? []
        : [{ id: stepPatternId(chain, step), where, match, unless, area: 'probes' as const }],
    ),
  );
}

/** @returns the ids of rules and own patterns by which a step is known. */
export function idsOfStep(chain: Chain, step: number): readonly string[] {
  const { rules, match } = chain.steps[step] as Chain['steps'][number];
  return match === undefined ? rules : [...rules, stepPatternId(chain, step)];
}
