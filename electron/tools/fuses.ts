/** Fuses: switches inside Electron's binary that are set once, when the application is packed. */
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';

export type PackageKind = 'release' | 'test';

/** Names as electron-builder's `electronFuses` has them. */
export interface Fuses {
  /** Off: the binary must not be usable as a general Node.js. */
  readonly runAsNode: false;
  readonly enableCookieEncryption: true;
  /** Off: NODE_OPTIONS could load code into the application. */
  readonly enableNodeOptionsEnvironmentVariable: false;
  /** Off in releases: --inspect opens a port that runs anything. On in test packages, or no test could attach. */
  readonly enableNodeCliInspectArguments: boolean;
  /** Checked by macOS and Windows only. */
  readonly enableEmbeddedAsarIntegrityValidation: boolean;
  readonly onlyLoadAppFromAsar: true;
  /** Off: nothing is loaded from file://. Absent where the binary is older than this fuse (29). */
  readonly grantFileProtocolExtraPrivileges?: false;
}

const WIRE_INDEX: Readonly<Record<keyof Fuses, FuseV1Options>> = {
  runAsNode: FuseV1Options.RunAsNode,
  enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
  enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
  enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
  grantFileProtocolExtraPrivileges: FuseV1Options.GrantFileProtocolExtraPrivileges,
};

/**
 * @param wireLength how many fuses the binary has; a test package may be made of an Electron too old for the last one,
 *   a release may not.
 * @returns what each fuse must be in a package of this kind.
 */
export function fusesFor(kind: PackageKind, platform: NodeJS.Platform, wireLength: number): Fuses {
  const known = kind === 'release' || wireLength > FuseV1Options.GrantFileProtocolExtraPrivileges;
  return {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: kind === 'test',
    enableEmbeddedAsarIntegrityValidation: platform !== 'linux',
    onlyLoadAppFromAsar: true,
    ...(known ? { grantFileProtocolExtraPrivileges: false } : {}),
  };
}

/** Fuse number to its state, as read from a binary. */
export type FuseWire = Readonly<Record<number, FuseState | undefined>>;

/** @returns one sentence for each fuse of the binary that is not as it must be; empty when all are. */
export function wrongFuses(wire: FuseWire, expected: Fuses): readonly string[] {
  return (Object.entries(expected) as [keyof Fuses, boolean][]).flatMap(([name, wanted]) => {
    const state = wire[WIRE_INDEX[name]];
    if (state === (wanted ? FuseState.ENABLE : FuseState.DISABLE)) return [];
    return [`${name} is ${stateName(state)}, must be ${wanted ? 'on' : 'off'}`];
  });
}

function stateName(state: FuseState | undefined): string {
  switch (state) {
    case FuseState.ENABLE:
      return 'on';
    case FuseState.DISABLE:
      return 'off';
    case FuseState.REMOVED:
      return 'removed';
    default:
      return 'absent';
  }
}

/** @returns the fuses of an Electron binary and how many it has. @throws when the file is no Electron. */
export async function readFuses(binary: string): Promise<{ readonly wire: FuseWire; readonly length: number }> {
  const { version: _version, ...fuses } = await getCurrentFuseWire(binary);
  const wire: Record<number, FuseState | undefined> = {};
  for (const [index, state] of Object.entries(fuses)) {
    if (/^\d+$/.test(index)) wire[Number(index)] = state as FuseState;
  }
  return { wire, length: Object.keys(wire).length };
}
