/** Commands by name: type a piece of it, Enter does it. And the list of keys. */
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { fileInFiles } from '../components/EvidenceChip.tsx';
import { nodeNames } from '../model/node-names.ts';
import { runRoute } from '../stores/runbooks-route.ts';
import { useRunbooks, useScreens, useSession, useStores } from '../stores/stores.tsx';
import { KEY_GROUPS } from './key-help.ts';
import { fittingItems, type PaletteAction, type PaletteItem, paletteItems, SHOWN_MAX } from './palette.ts';

/** A dialog over everything. The browser gives the focus back to where it was. */
function Modal({
  label,
  children,
  element,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly element: React.RefObject<HTMLDialogElement | null>;
}) {
  const { screens } = useStores();
  const shut = () => screens.getState().setPalette('closed');
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, [element]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={element}
      className="palette"
      aria-label={label}
      onClose={shut}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      {children}
    </dialog>
  );
}

function useItems(): readonly PaletteItem[] {
  const bundles = useSession((state) => state.openCase?.bundles);
  const files = useSession((state) => state.files);
  const list = useRunbooks((state) => state.list);
  return useMemo(() => {
    const { short } = nodeNames(bundles ?? []);
    return paletteItems({
      hasCase: bundles !== undefined,
      runbooks:
        bundles === undefined || list.state !== 'ready'
          ? []
          : list.value.runbooks.map(({ runbook, suggested }) => ({
              id: runbook.id,
              title: runbook.title,
              suggested: suggested.length > 0 ? 'yes' : 'no',
            })),
      files:
        files.state !== 'ready'
          ? []
          : files.value.map(({ bundle, path }) => ({
              bundle,
              path,
              node: short.size > 1 ? (short.get(bundle) ?? '') : '',
            })),
    });
  }, [bundles, files, list]);
}

function useAct(): (action: PaletteAction) => void {
  const { navigation, screens } = useStores();
  return (action) => {
    const { go } = navigation.getState();
    switch (action.do) {
      case 'screen':
        return go({ screen: action.screen, params: {} });
      case 'runbook':
        return go(runRoute({ runbook: action.id, bundle: null }));
      case 'file':
        return go(fileInFiles(action));
      case 'theme':
        return screens.getState().setTheme(action.theme);
      case 'keys':
        return screens.getState().setPalette('keys');
    }
  };
}

function Commands() {
  const { screens, runbooks } = useStores();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const items = useItems();
  const act = useAct();
  const hasCase = useSession((state) => state.openCase !== null);
  const shown = useMemo(() => fittingItems(items, typed), [items, typed]);
  useEffect(() => {
    if (hasCase) runbooks.getState().load();
  }, [hasCase, runbooks]);
  useEffect(() => {
    document.getElementById(`palette-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const choose = (item: PaletteItem | undefined) => {
    if (item === undefined) return;
    // Closed first: it gives the focus back, and the screen that comes takes it then.
    dialog.current?.close();
    screens.getState().setPalette('closed');
    if (item.action.do !== 'theme' && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    act(item.action);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % Math.max(1, shown.length),
      ArrowUp: (at - 1 + shown.length) % Math.max(1, shown.length),
      PageDown: Math.min(shown.length - 1, at + 8),
      PageUp: Math.max(0, at - 8),
    };
    const next = to[event.key];
    if (event.key === 'Enter') choose(shown[at]);
    else if (next !== undefined) setAt(next);
    else return;
    event.preventDefault();
  };
  return (
    <Modal label="Commands" element={dialog}>
      <input
        className="input palette__input"
        type="text"
        role="combobox"
        aria-label="Command, runbook or file"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-autocomplete="list"
        {...(shown[at] === undefined ? {} : { 'aria-activedescendant': `palette-${at}` })}
        placeholder={hasCase ? 'A screen, a runbook, a file, a theme' : 'A screen or a theme'}
        spellCheck={false}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: a dialog that is opened to type in
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="palette__list" id="palette-list" role="listbox" aria-label="Commands">
        {shown.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the input, which has the focus
          // biome-ignore lint/a11y/useFocusableInteractive: the input tells which option is active
          <div
            key={item.key}
            id={`palette-${index}`}
            className={index === at ? 'palette__item is-active' : 'palette__item'}
            role="option"
            aria-selected={index === at}
            onClick={() => choose(item)}
          >
            <span className={item.kind === 'File' ? 'mono clip' : 'clip'}>{item.label}</span>
            <small className="clip">{item.detail}</small>
            <small className="palette__kind">{item.kind}</small>
          </div>
        ))}
      </div>
      <p className="meta palette__foot" role="status">
        {shown.length === 0
          ? 'Nothing is called so.'
          : shown.length === SHOWN_MAX
            ? `The first ${SHOWN_MAX}: type more to find others.`
            : 'Up and down choose, Enter does it, Esc closes.'}
      </p>
    </Modal>
  );
}

function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <Modal label="Keys" element={dialog}>
      <div className="palette__head">
        <h2>Keys</h2>
        {/* biome-ignore lint/a11y/noAutofocus: the one control of the dialog */}
        <button type="button" className="btn btn--s" autoFocus onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key */}
      <section className="keys" tabIndex={0} aria-label="List of keys">
        {KEY_GROUPS.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(({ keys, does }) => (
                <div key={does}>
                  <dt>
                    {keys.map((key) =>
                      key === 'to' ? (
                        <span key={key} className="meta">
                          to
                        </span>
                      ) : (
                        <kbd key={key} className="kbd">
                          {key}
                        </kbd>
                      ),
                    )}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </section>
    </Modal>
  );
}

export function Palette() {
  const palette = useScreens((state) => state.palette);
  if (palette === 'closed') return null;
  return palette === 'commands' ? <Commands /> : <Keys />;
}
