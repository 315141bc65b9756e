/**
 * What the build has made of the YAML that is shipped (layouts, formats, runbooks): parsing takes a tenth of a second at every
 * start, and each worker has to do it. Found by the text's hash, so that a file that was changed after the build is read as it is.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parsedYamlFile } from './resources.ts';

/** SHA-256 of a YAML text in hex -> its value. */
export type ParsedYaml = Readonly<Record<string, unknown>>;

let parsed: ParsedYaml | null = null;

/** @returns the value of a YAML text that the build has met, else undefined: then it has to be parsed. */
export function parsedAtBuild(text: string): unknown {
  parsed ??= readBuilt();
  return parsed[yamlKey(text)];
}

/** @returns the key of a text in ParsedYaml. */
export function yamlKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Absent when the engine runs from source; what cannot be read is only slower. */
function readBuilt(): ParsedYaml {
  try {
    return JSON.parse(readFileSync(parsedYamlFile(), 'utf8')) as ParsedYaml;
  } catch {
    return {};
  }
}
