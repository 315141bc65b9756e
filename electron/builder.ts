/** electron-builder's configuration: what goes into a package, and what must not. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { AfterPackContext, Configuration } from 'electron-builder';
import { LINK_SCHEME } from '../analyzer/core/deep-link.ts';
import { testVersion } from './edition.ts';
import type { Fuses, PackageKind } from './tools/fuses.ts';

export interface PackageOptions {
  readonly kind: PackageKind;
  readonly platform: 'linux' | 'win32' | 'darwin';
  readonly arch: 'x64' | 'arm64';
  /** Folder of an unpacked Electron for that platform. */
  readonly runtime: string;
  readonly electronVersion: string;
  readonly version: string;
  readonly output: string;
  readonly fuses: Fuses;
}

/** @returns the name of better-sqlite3's prebuilt binary for a target, e.g. `linux-x64.node`. */
export function prebuildFor(platform: string, arch: string): string {
  return `${platform}-${arch}.node`;
}

/** @returns the configuration. A test package carries another name and version, so that it is never taken for a release. */
export function builderConfiguration(options: PackageOptions): Configuration {
  const { kind } = options;
  const name = kind === 'test' ? 'coldcase-test' : 'coldcase';
  return {
    appId: kind === 'test' ? 'org.coldcase.test' : 'org.coldcase.desktop',
    productName: kind === 'test' ? 'Coldcase (test package)' : 'Coldcase',
    executableName: name,
    extraMetadata: { name, version: kind === 'test' ? testVersion(options.version) : options.version },
    directories: { output: options.output, buildResources: 'electron/resources' },
    electronDist: options.runtime,
    electronVersion: options.electronVersion,
    // Node-API binaries are the same for Node and Electron: there is nothing to rebuild.
    npmRebuild: false,
    nodeGypRebuild: false,
    publish: null,
    asar: true,
    // Processes and worker threads cannot start from inside an asar, nor can a native library be loaded from there.
    asarUnpack: ['dist/engine/**', 'node_modules/better-sqlite3/**'],
    files: [
      'package.json',
      'LICENSE',
      'dist/electron/*.cjs',
      'dist/engine/**',
      'dist/renderer/**',
      '!**/*.map',
      // Everything else is bundled; this also keeps the Node.js of optionalDependencies out.
      '!node_modules/!(better-sqlite3)/**',
      '!node_modules/better-sqlite3/{src,deps,build}/**',
      '!node_modules/better-sqlite3/binding.gyp',
      `!node_modules/better-sqlite3/prebuilds/!(${prebuildFor(options.platform, options.arch)})`,
    ],
    electronFuses: options.fuses,
    electronLanguages: ['en-US'],
    // Followed by the release alone: a test package must not take the links of the one that is installed.
    ...(kind === 'test'
      ? {}
      : { protocols: [{ name: 'Link to a line of a log', schemes: [LINK_SCHEME], role: 'Viewer' }] }),
    fileAssociations: [
      {
        ext: ['tgz', 'tar.gz', 'tar.zst', 'tar.xz'],
        name: 'Kubernetes node log archive',
        role: 'Viewer',
        rank: 'Alternate',
      },
    ],
    afterPack,
    compression: 'normal',
    linux: {
      target: ['dir', 'tar.gz', 'deb', 'AppImage'],
      category: 'Development',
      synopsis: 'Find the cause in a Kubernetes node log archive, offline',
      maintainer: 'The Coldcase authors',
    },
    win: { target: ['nsis', 'portable'] },
    mac: { target: ['dmg', 'zip'], category: 'public.app-category.developer-tools' },
  };
}

/** A given runtime folder is copied as it is: what only a bare Electron needs is taken out again. */
async function afterPack(context: AfterPackContext): Promise<void> {
  const resources = context.packager.getResourcesDir(context.appOutDir);
  await rm(path.join(resources, 'default_app.asar'), { force: true });
  await rm(path.join(context.appOutDir, 'version'), { force: true });
}
