/** This line, in its file. */
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import type { Bookmark, SourceFile } from '../../model/types.ts';
import { type FilesPlace, filesPlace, filesRoute, type PanePlace, type Side } from '../../stores/files-route.ts';
import { useFiles, useNavigation, useSession, useStores } from '../../stores/stores.tsx';
import { FileInspector } from './FileInspector.tsx';
import { Pane } from './Pane.tsx';
import { LostLink } from './PaneNotes.tsx';
import { listId } from './pane.ts';
import { TreePane } from './TreePane.tsx';
import { useFollowing } from './use-following.ts';

/** Narrower, and two files and the list of all leave no room for lines. */
const ROOM_FOR_THREE_PX = 1_700;

function Ready({ files }: { readonly files: readonly SourceFile[] }) {
  const { navigation, files: store, screens } = useStores();
  const params = useNavigation((state) => state.route.params);
  const tree = useFiles((state) => state.tree);
  const active = useFiles((state) => state.active);
  const note = useRef<HTMLTextAreaElement>(null);
  const place = useMemo(() => filesPlace(params), [params]);
  const find = (pane: PanePlace | null) =>
    files.find((one) => one.bundle === pane?.bundle && one.path === pane.file) ?? null;
  const main = find(place.main);
  const beside = find(place.beside);
  const following = useFollowing({ main, beside });

  useEffect(() => {
    const { last, change } = store.getState();
    // The rail opens Files without saying what: the file shown last comes back.
    if (params.file === undefined && last.file !== undefined)
      navigation.getState().replace({ screen: 'files', params: last });
    else if (params.file !== undefined) change({ last: params });
  }, [params, navigation, store]);
  // The pane that keys act on has gone.
  useEffect(() => {
    if (beside === null && active === 'beside') store.getState().change({ active: 'main' });
  }, [beside, active, store]);

  const now = (): FilesPlace => filesPlace(navigation.getState().route.params);
  const open = (file: SourceFile, where: 'here' | 'beside') => {
    const side: Side = where === 'beside' && main !== null ? 'beside' : 'main';
    store.getState().change({
      active: side,
      ...(tree === 'wide' ? { tree: 'narrow' } : {}),
      ...(side === 'beside' && window.innerWidth < ROOM_FOR_THREE_PX ? { tree: 'hidden' } : {}),
    });
    navigation
      .getState()
      .go(filesRoute({ ...now(), [side]: { bundle: file.bundle, file: file.path, line: null, end: null } }));
  };
  const onBookmark = ({ bundle, file, line }: Bookmark) => {
    store.getState().change({ active: 'main' });
    navigation.getState().go(filesRoute({ ...now(), main: { bundle, file, line, end: line } }));
  };
  const enter = (side: Side) => document.getElementById(listId(side))?.focus();
  const close = () => {
    store.getState().change({ active: 'main', follow: 'off', ...(tree === 'hidden' ? { tree: 'narrow' } : {}) });
    navigation.getState().go(filesRoute({ ...now(), beside: null }));
    enter('main');
  };
  const onNote = () => {
    if (screens.getState().inspector === 'closed') screens.getState().toggleInspector();
    // The inspector may just be opening.
    requestAnimationFrame(() => note.current?.focus());
  };
  // F6 goes around the lists of the screen, Shift F6 the other way.
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'F6') return;
    const lists = [...event.currentTarget.querySelectorAll<HTMLElement>('.tree__rows, .viewer__lines')];
    const within = lists.findIndex((one) => one.closest('.tree, .pane')?.contains(document.activeElement));
    lists[(within + (event.shiftKey ? -1 : 1) + lists.length) % lists.length]?.focus();
    event.preventDefault();
  };
  const pane = (side: Side, file: SourceFile, at: PanePlace) => (
    <Pane
      key={`${side} ${file.bundle} ${file.path}`}
      side={side}
      file={file}
      place={at}
      onPlace={({ line, end }, how) => {
        const route = filesRoute({ ...now(), [side]: { bundle: file.bundle, file: file.path, line, end } });
        if (how === 'jump') navigation.getState().go(route);
        else navigation.getState().replace(route);
      }}
      lead={following.lead(side)}
      onMoved={(time, above) => following.onMoved(side, time, above)}
      onBeside={side === 'main' && beside === null ? () => open(file, 'beside') : null}
      onClose={side === 'beside' ? close : null}
      onNote={onNote}
    />
  );
  const wide = main === null ? 'wide' : tree === 'wide' ? 'wide' : 'narrow';
  const missing = place.main !== null && main === null ? place.main.file : null;
  const inspected = active === 'beside' && beside !== null ? beside : main;
  const range = inspected === beside && beside !== null && active === 'beside' ? place.beside : place.main;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only hears F6 of the lists in it */}
      <div
        onKeyDown={onKeyDown}
        className={`files files--${wide}${tree === 'hidden' && wide === 'narrow' ? ' files--alone' : ''}`}
      >
        {tree === 'hidden' && wide === 'narrow' ? null : (
          <TreePane
            files={files}
            current={main}
            wide={wide}
            onOpen={open}
            onEnter={() => enter('main')}
            onBookmark={onBookmark}
          />
        )}
        {main === null || place.main === null ? (
          <div className="files__none">
            <LostLink />
            {missing === null ? null : (
              <Empty title="This file is not in the case">
                <p className="mono">{missing}</p>
              </Empty>
            )}
          </div>
        ) : wide === 'wide' ? null : (
          <div className={beside === null ? 'panes' : 'panes panes--two'}>
            <LostLink />
            {pane('main', main, place.main)}
            {beside === null || place.beside === null ? null : pane('beside', beside, place.beside)}
          </div>
        )}
      </div>
      {inspected === null || wide === 'wide' ? null : (
        <FileInspector file={inspected} line={range?.line ?? null} end={range?.end ?? null} note={note} />
      )}
    </>
  );
}

export function FilesScreen() {
  const { session } = useStores();
  const files = useSession((state) => state.files);
  if (files.state === 'ready') return <Ready files={files.value} />;
  return (
    <div className="centre">
      {files.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={files.failure} onRetry={() => void session.getState().reload()} />
        </div>
      ) : files.state === 'loading' ? (
        <Loading what="Reading the list of files" />
      ) : (
        <Empty title="Nothing is imported yet" />
      )}
    </div>
  );
}
