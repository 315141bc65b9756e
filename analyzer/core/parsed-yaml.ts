/**
 * What the build has made of the YAML that is shipped: parsed it (layouts, formats, runbooks), and checked it as well
 * (rules). Both take a quarter of a second at every start, and each worker has to do it. Found by the text's hash, so that a
 * file that was changed after the build is read as it is.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkedRulesFile, parsedYamlFile } from './resources.ts';

/** SHA-256 of a YAML text in hex -> its value. */
export type ParsedYaml = Readonly<Record<string, unknown>>;

let parsed: ParsedYaml | null = null;
let checked: ParsedYaml | null = null;

/** @returns the value of a YAML text that the build has met, else undefined: then it has to be parsed. */
export function parsedAtBuild(text: string): unknown {
  parsed ??= readBuilt(parsedYamlFile());
  return parsed[yamlKey(text)];
}

/** @returns the rule (rules/checked-rules.ts) that the build has found in a text, else undefined. */
export function checkedAtBuild(text: string): unknown {
  checked ??= readBuilt(checkedRulesFile());
  return checked[yamlKey(text)];
}

/** @returns the key of a text in ParsedYaml. */
export function yamlKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Absent when the engine runs from source; what cannot be read is only slower. */
function readBuilt(file: string): ParsedYaml {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ParsedYaml;
  } catch {
    return {};
  }
}
