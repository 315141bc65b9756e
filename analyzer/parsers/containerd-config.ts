/**
 * `containerd config dump` and /etc/containerd/config.toml, as far as checks ask for it:
 *
 *   [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
 *     SystemdCgroup = true
 *
 * containerd 2 quotes with ' and calls the plugin io.containerd.cri.v1.runtime.
 */
import type { ContainerdSetting } from '../core/host-state.ts';
import { eachLine } from './text-lines.ts';

const SETTINGS_MAX = 5_000;
const TABLE = /^\[{1,2}([^[\]]{1,300})\]{1,2}$/;
const SETTING = /^(\w{1,60}) {0,20}= {0,20}(.{1,400})$/;

/** @returns plain settings with their table; arrays are kept as they stand in their line. Never throws. */
export function parseContainerdConfig(text: string): readonly ContainerdSetting[] {
  const found: ContainerdSetting[] = [];
  let table = '';
  eachLine(text, (whole, line) => {
    const raw = whole.slice(0, 800).trim();
    const header = TABLE.exec(raw);
    if (header !== null) {
      table = (header[1] as string).replace(/["']/g, '').trim();
      return;
    }
    const setting = SETTING.exec(raw);
    if (setting === null || found.length >= SETTINGS_MAX) return;
    found.push({
      table,
      key: setting[1] as string,
      value: (setting[2] as string).replace(/^(["'])(.*)\1$/, '$2'),
      line,
    });
  });
  return found;
}
