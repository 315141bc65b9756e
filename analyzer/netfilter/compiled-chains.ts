/** Chains of a table as a packet meets them. */
import type { ProgramChain, ProgramTable } from './program.ts';

/** @returns the look-up of a chain by its name: each is compiled when a packet first meets it, and then known. */
export function compiledChains<C>(
  chains: ReadonlyMap<string, C>,
  compile: (chain: C) => ProgramChain,
): ProgramTable['chain'] {
  const compiled = new Map<string, ProgramChain>();
  return (name) => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const chain = chains.get(name);
    if (chain === undefined) return null;
    const made = compile(chain);
    compiled.set(name, made);
    return made;
  };
}
