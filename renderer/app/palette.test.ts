import { describe, expect, it } from 'vitest';
import { AFFECTED } from '../bridge/fake/fake-case.ts';
import { KEY_GROUPS } from './key-help.ts';
import { commandOf } from './keyboard.ts';
import { fittingItems, type PaletteSource, paletteItems, SHOWN_MAX } from './palette.ts';

const SOURCE: PaletteSource = {
  hasCase: true,
  runbooks: [
    { id: 'D2', title: 'kube-proxy Sync Issues', suggested: 'yes' },
    { id: 'dns', title: 'Names are not resolved', suggested: 'no' },
  ],
  files: [
    { bundle: AFFECTED, path: 'var_log/kube-proxy.log', node: '' },
    { bundle: AFFECTED, path: 'kube/other.log', node: '' },
  ],
};
const labels = (typed: string, source: PaletteSource = SOURCE) =>
  fittingItems(paletteItems(source), typed).map(({ label }) => label);

describe('the command palette', () => {
  it('offers screens, runbooks, themes and help before anything is typed, and files once it is', () => {
    expect(labels('')).toContain('Overview');
    expect(labels('')).toContain('Run kube-proxy Sync Issues');
    expect(labels('')).toContain('Dark theme');
    expect(labels('')).toContain('Help on keys');
    expect(labels('')).not.toContain('kube/other.log');
    expect(labels('other')).toEqual(['kube/other.log']);
  });

  it('offers only what works without a case when there is none', () => {
    expect(labels('', { hasCase: false, runbooks: [], files: [] }).slice(0, 2)).toEqual(['Start', 'Settings']);
    expect(labels('overview', { hasCase: false, runbooks: [], files: [] })).toEqual([]);
  });

  it('puts what begins with the text before what holds it, names of files by their last part', () => {
    expect(labels('kube')).toEqual(['Run kube-proxy Sync Issues', 'var_log/kube-proxy.log', 'kube/other.log']);
    expect(labels('sync KUBE')).toEqual(['Run kube-proxy Sync Issues']);
    expect(labels('suggested')).toEqual(['Run kube-proxy Sync Issues']);
    expect(labels('no such thing')).toEqual([]);
  });

  it('shows no more than can be looked through', () => {
    const files = Array.from({ length: 500 }, (_, at) => ({ bundle: AFFECTED, path: `pods/${at}.log`, node: '' }));
    expect(labels('pods', { ...SOURCE, files })).toHaveLength(SHOWN_MAX);
  });
});

describe('the list of keys', () => {
  it('tells what each key of a finding does', () => {
    const findings = KEY_GROUPS.find(({ title }) => title === 'Findings')?.keys.flatMap(({ keys }) => keys);
    expect(findings).toEqual(['P', 'X', 'N']);
  });

  it('tells only keys that mean something', () => {
    const plain = KEY_GROUPS.flatMap(({ keys }) => keys.flatMap((one) => one.keys)).filter((key) => key.length === 1);
    expect(plain.length).toBeGreaterThan(10);
    for (const key of plain) {
      const press = {
        key: key.toLowerCase(),
        code: '',
        ctrlKey: false,
        altKey: false,
        metaKey: false,
        shiftKey: false,
      };
      expect([key, commandOf(press, 'nowhere')]).not.toEqual([key, null]);
    }
  });
});
