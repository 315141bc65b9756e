/** Folders of the engineer's own: what was read from each, and what is wrong with a file, at its line and column. */
import { FolderOpen, Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { IconButton } from '../../components/IconButton.tsx';
import { Prose } from '../../components/Prose.tsx';
import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted } from '../../model/format.ts';
import type { Settings, SettingsAnswer } from '../../model/types.ts';
import { useSettings, useStores } from '../../stores/stores.tsx';
import { type FolderContents, ruleFolderContents, runbookFolderContents } from './folders.ts';

const MISTAKES_SHOWN = 5;

type FolderKind = 'ruleFolders' | 'runbookFolders';

function AddFolder({
  kind,
  settings,
  what,
}: {
  readonly kind: FolderKind;
  readonly settings: Settings;
  readonly what: string;
}) {
  const { bridge, settings: store, screens } = useStores();
  const [path, setPath] = useState('');
  const add = async (paths: readonly string[]) => {
    const fresh = paths.map((one) => one.trim()).filter((one) => one !== '' && !settings[kind].includes(one));
    if (fresh.length === 0) return;
    const done = await store.getState().edit((now) => ({ ...now, [kind]: [...new Set([...now[kind], ...fresh])] }));
    if (done === 'not kept') return;
    setPath('');
    screens.getState().announce(`Added ${fresh.join(', ')}`);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void add([path]);
  };
  return (
    <form className="add-folder" onSubmit={submit}>
      <input
        className="input input--s mono"
        type="text"
        aria-label={`Path of a folder with ${what}`}
        placeholder="/home/me/coldcase, as an absolute path"
        spellCheck={false}
        value={path}
        onChange={(event) => setPath(event.target.value)}
      />
      <button type="submit" className="btn btn--s" disabled={path.trim() === ''}>
        <Plus className="icon" aria-hidden="true" />
        Add folder
      </button>
      {bridge.choosePaths === undefined ? null : (
        <button
          type="button"
          className="btn btn--s"
          onClick={() => void bridge.choosePaths?.('folder').then((paths) => add(paths))}
        >
          <FolderOpen className="icon" aria-hidden="true" />
          Choose
        </button>
      )}
    </form>
  );
}

/** The first mistakes; one wrong key can make a dozen. */
function Mistakes({ wrong }: { readonly wrong: FolderContents['wrong'] }) {
  if (wrong.length === 0) return null;
  const rows = (some: FolderContents['wrong']) => (
    <ul className="folders__wrong">
      {some.map((one) => (
        <li key={`${one.place} ${one.message}`} className="folders__mistake">
          <span className="mono">{one.place}</span> <Prose text={one.message} />
        </li>
      ))}
    </ul>
  );
  const rest = wrong.slice(MISTAKES_SHOWN);
  return (
    <>
      {rows(wrong.slice(0, MISTAKES_SHOWN))}
      {rest.length === 0 ? null : (
        <details className="more">
          <summary>{counted(rest.length, 'more mistake')}</summary>
          {rows(rest)}
        </details>
      )}
    </>
  );
}

function FolderList({
  kind,
  answer,
  what,
  word,
  contents,
}: {
  readonly kind: FolderKind;
  readonly answer: SettingsAnswer;
  /** What is in the folders, several. */
  readonly what: string;
  /** One of it. */
  readonly word: string;
  /** null: not read yet. */
  readonly contents: ReadonlyMap<string, FolderContents> | null;
}) {
  const { settings: store, screens } = useStores();
  const { settings } = answer;
  const remove = async (folder: string) => {
    const done = await store.getState().edit((now) => ({ ...now, [kind]: now[kind].filter((one) => one !== folder) }));
    if (done === 'kept') screens.getState().announce(`Removed ${folder} from the list; its files stay`);
  };
  return (
    <>
      {settings[kind].length === 0 ? <p className="meta">No folder of your own.</p> : null}
      <ul className="folders">
        {settings[kind].map((folder) => {
          const found = contents?.get(folder);
          const wrong = found?.wrong ?? [];
          return (
            <li key={folder} className="folder">
              <div className="folders__head">
                <SeverityMark
                  mark={
                    found === undefined
                      ? 'unknown'
                      : wrong.length > 0
                        ? 'high'
                        : found.loaded.length > 0
                          ? 'pass'
                          : 'absent'
                  }
                  label={null}
                />
                <span className="mono clip" title={folder}>
                  {folder}
                </span>
                <span className="meta grow">
                  {found === undefined
                    ? 'not read yet'
                    : `${counted(found.loaded.length, word)} read${wrong.length === 0 ? '' : `, ${counted(new Set(wrong.map(({ file }) => file)).size, 'file')} cannot be used`}`}
                </span>
                <IconButton icon={X} look="quiet" label={`Remove ${folder}`} onClick={() => void remove(folder)} />
              </div>
              <Mistakes wrong={wrong} />
              {found === undefined || found.loaded.length === 0 ? null : (
                <details className="more">
                  <summary>What was read</summary>
                  <ul className="plain">
                    {found.loaded.map((one) => (
                      <li key={`${one.file} ${one.id}`}>
                        {one.title} <span className="mono meta">{one.id}</span>{' '}
                        <span className="mono meta">{one.file}</span>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </li>
          );
        })}
      </ul>
      <AddFolder kind={kind} settings={settings} what={what} />
    </>
  );
}

export function RuleFolders({ answer }: { readonly answer: SettingsAnswer }) {
  const rules = useSettings((state) => state.rules);
  return (
    <Section
      title="Own rules"
      says="YAML files, one rule each. They are read again when they change; a broken file is skipped."
    >
      <FolderList
        kind="ruleFolders"
        answer={answer}
        what="rules"
        word="rule"
        contents={rules.state === 'ready' ? ruleFolderContents(rules.value, answer.settings.ruleFolders) : null}
      />
    </Section>
  );
}

export function RunbookFolders({ answer }: { readonly answer: SettingsAnswer }) {
  const runbooks = useSettings((state) => state.runbooks);
  return (
    <Section title="Own runbooks" says="Markdown or YAML. One with the id of a shipped runbook takes its place.">
      <FolderList
        kind="runbookFolders"
        answer={answer}
        what="runbooks"
        word="runbook"
        contents={
          runbooks.state === 'ready' ? runbookFolderContents(runbooks.value, answer.settings.runbookFolders) : null
        }
      />
    </Section>
  );
}
