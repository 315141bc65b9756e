/** What the command palette offers and which of it fits what was typed. Pure. */
import type { BundleId } from '../model/types.ts';
import { needsNoCase, type Screen } from '../stores/navigation.ts';
import type { Theme } from '../stores/screens.ts';
import { SCREEN_ORDER } from './screen-names.ts';
import { THEMES } from './themes.ts';

export type PaletteAction =
  | { readonly do: 'screen'; readonly screen: Screen }
  | { readonly do: 'runbook'; readonly id: string }
  | { readonly do: 'file'; readonly bundle: BundleId; readonly file: string }
  | { readonly do: 'theme'; readonly theme: Theme }
  | { readonly do: 'keys' };

export interface PaletteItem {
  readonly key: string;
  readonly label: string;
  /** Beside the label: a key, a node, why it is offered. */
  readonly detail: string;
  readonly kind: 'Screen' | 'Runbook' | 'File' | 'Theme' | 'Help';
  readonly action: PaletteAction;
}

export interface PaletteSource {
  readonly hasCase: boolean;
  readonly runbooks: readonly { readonly id: string; readonly title: string; readonly suggested: 'yes' | 'no' }[];
  /** `node` is empty where there is one node only. */
  readonly files: readonly { readonly bundle: BundleId; readonly path: string; readonly node: string }[];
}

/** More than can be looked through; what else fits is found by typing more. */
export const SHOWN_MAX = 50;

/** @returns everything that can be chosen: screens, runbooks, themes, help, then files. */
export function paletteItems({ hasCase, runbooks, files }: PaletteSource): readonly PaletteItem[] {
  const screens = SCREEN_ORDER.filter(({ screen }) => hasCase || needsNoCase(screen)).map(
    ({ screen, name, keys }): PaletteItem => ({
      key: `screen ${screen}`,
      label: name,
      detail: keys,
      kind: 'Screen',
      action: { do: 'screen', screen },
    }),
  );
  const run = runbooks.map(
    ({ id, title, suggested }): PaletteItem => ({
      key: `runbook ${id}`,
      label: `Run ${title}`,
      detail: suggested === 'yes' ? `${id}, suggested for this case` : id,
      kind: 'Runbook',
      action: { do: 'runbook', id },
    }),
  );
  const themes = THEMES.map(
    ({ theme, label }): PaletteItem => ({
      key: `theme ${theme}`,
      label,
      detail: '',
      kind: 'Theme',
      action: { do: 'theme', theme },
    }),
  );
  const help: PaletteItem = { key: 'keys', label: 'Help on keys', detail: '?', kind: 'Help', action: { do: 'keys' } };
  const open = files.map(
    ({ bundle, path, node }): PaletteItem => ({
      key: `file ${bundle} ${path}`,
      label: path,
      detail: node,
      kind: 'File',
      action: { do: 'file', bundle, file: path },
    }),
  );
  return [...screens, ...run, ...themes, help, ...open];
}

/**
 * @returns items that hold every word that was typed, those whose label or file name begins with it first; before
 * anything was typed all but the files.
 */
export function fittingItems(items: readonly PaletteItem[], typed: string): readonly PaletteItem[] {
  const text = typed.trim().toLowerCase();
  if (text === '') return items.filter(({ kind }) => kind !== 'File').slice(0, SHOWN_MAX);
  const words = text.split(/\s+/);
  const ranked: PaletteItem[][] = [[], [], [], []];
  for (const item of items) {
    const label = item.label.toLowerCase();
    const all = `${label} ${item.detail.toLowerCase()}`;
    if (!words.every((word) => all.includes(word))) continue;
    const name = label.slice(label.lastIndexOf('/') + 1).replace(/^run /, '');
    const rank = name.startsWith(text) ? 0 : name.includes(text) ? 1 : label.includes(text) ? 2 : 3;
    ranked[rank]?.push(item);
  }
  return ranked.flat().slice(0, SHOWN_MAX);
}
