import { FuseState, FuseV1Options } from '@electron/fuses';
import { describe, expect, it } from 'vitest';
import { builderConfiguration, prebuildFor } from '../builder.ts';
import { isTestVersion } from '../edition.ts';
import { type Fuses, fusesFor, wrongFuses } from './fuses.ts';
import { refusalToPack } from './pack.ts';

const WIRE_OF_45 = 9;
const WIRE_OF_25 = 7;

/** A wire on which every fuse has been set as asked. */
function wireOf(fuses: Fuses): Record<number, FuseState> {
  const state = (on: boolean) => (on ? FuseState.ENABLE : FuseState.DISABLE);
  return {
    [FuseV1Options.RunAsNode]: state(fuses.runAsNode),
    [FuseV1Options.EnableCookieEncryption]: state(fuses.enableCookieEncryption),
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: state(fuses.enableNodeOptionsEnvironmentVariable),
    [FuseV1Options.EnableNodeCliInspectArguments]: state(fuses.enableNodeCliInspectArguments),
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: state(fuses.enableEmbeddedAsarIntegrityValidation),
    [FuseV1Options.OnlyLoadAppFromAsar]: state(fuses.onlyLoadAppFromAsar),
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
  };
}

describe('fuses', () => {
  it('of a release leave no way in', () => {
    expect(fusesFor('release', 'linux', WIRE_OF_45)).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: false,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(fusesFor('release', 'darwin', WIRE_OF_45).enableEmbeddedAsarIntegrityValidation).toBe(true);
  });

  it('of a test package differ in the inspector, and may lack the newest', () => {
    const test = fusesFor('test', 'linux', WIRE_OF_25);
    expect(test.enableNodeCliInspectArguments).toBe(true);
    expect(test).not.toHaveProperty('grantFileProtocolExtraPrivileges');
    expect(fusesFor('release', 'linux', WIRE_OF_25)).toHaveProperty('grantFileProtocolExtraPrivileges');
  });

  it('are accepted only when every one is right', () => {
    const expected = fusesFor('release', 'linux', WIRE_OF_45);
    expect(wrongFuses(wireOf(expected), expected)).toEqual([]);
    for (const index of Object.keys(wireOf(expected)).map(Number)) {
      const wire = wireOf(expected);
      wire[index] = wire[index] === FuseState.ENABLE ? FuseState.DISABLE : FuseState.ENABLE;
      expect(wrongFuses(wire, expected)).toHaveLength(1);
    }
    expect(wrongFuses({ ...wireOf(expected), [FuseV1Options.RunAsNode]: FuseState.REMOVED }, expected)).toEqual([
      'runAsNode is removed, must be off',
    ]);
    expect(wrongFuses({}, expected)).toHaveLength(7);
  });
});

describe('refusalToPack', () => {
  it.each([
    ['release', 'release', '45.4.1', null],
    ['release', 'test', '45.4.1', /tests only/],
    ['release', 'release', '44.0.0', /44\.0\.0/],
    ['release', 'release', null, /no Electron version/],
    ['test', 'test', '25.1.1', null],
    ['test', 'release', '45.4.1', null],
  ] as const)('%s package of a %s runtime %s', (kind, runtime, version, refusal) => {
    const answer = refusalToPack(kind, { kind: runtime, version }, '45.4.1');
    if (refusal === null) expect(answer).toBeNull();
    else expect(answer).toMatch(refusal);
  });
});

describe('builderConfiguration', () => {
  const common = {
    platform: 'linux',
    arch: 'x64',
    runtime: 'runtime',
    electronVersion: '45.4.1',
    version: '1.2.3',
    output: 'release',
    fuses: fusesFor('release', 'linux', WIRE_OF_45),
  } as const;

  it('names a test package as one', () => {
    const test = builderConfiguration({ ...common, kind: 'test' });
    const release = builderConfiguration({ ...common, kind: 'release' });
    expect(test.extraMetadata).toEqual({ name: 'coldcase-test', version: '1.2.3-test' });
    expect(test.productName).toContain('test');
    expect(release.extraMetadata).toEqual({ name: 'coldcase', version: '1.2.3' });
    expect(new Set([test.appId, release.appId]).size).toBe(2);
    expect([isTestVersion('1.2.3-test'), isTestVersion('1.2.3')]).toEqual([true, false]);
  });

  it('takes links to lines as a release only', () => {
    expect(builderConfiguration({ ...common, kind: 'release' }).protocols).toMatchObject([{ schemes: ['coldcase'] }]);
    expect(builderConfiguration({ ...common, kind: 'test' }).protocols).toBeUndefined();
  });

  it('rebuilds and publishes nothing, and unpacks what must run outside the asar', () => {
    const release = builderConfiguration({ ...common, kind: 'release' });
    expect(release).toMatchObject({ npmRebuild: false, publish: null, asar: true });
    expect(release.asarUnpack).toContain('dist/engine/**');
    expect(prebuildFor('win32', 'arm64')).toBe('win32-arm64.node');
  });
});
