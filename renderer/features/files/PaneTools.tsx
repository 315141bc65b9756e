/** Buttons of a pane: the list of files, the file beside, and time that is followed. */
import { ArrowLeftRight, Columns2, PanelLeft, X } from 'lucide-react';
import { IconButton } from '../../components/IconButton.tsx';
import { useFiles, useStores } from '../../stores/stores.tsx';
import type { PaneProps } from './pane.ts';

export function TreeButton() {
  const { files } = useStores();
  const tree = useFiles((state) => state.tree);
  const says = tree === 'hidden' ? 'Show the list of files' : 'Hide the list of files';
  return (
    <IconButton
      icon={PanelLeft}
      look="quiet"
      label={says}
      onClick={() => files.getState().change({ tree: tree === 'hidden' ? 'narrow' : 'hidden' })}
    />
  );
}

export function BesideTools({ file, onBeside, onClose }: Pick<PaneProps, 'file' | 'onBeside' | 'onClose'>) {
  const { files } = useStores();
  const follow = useFiles((state) => state.follow);
  if (onClose === null) {
    return onBeside === null ? null : (
      <IconButton
        icon={Columns2}
        label="Show this file beside itself"
        title="Two files side by side: then choose another one in the list with Shift Enter"
        onClick={onBeside}
      />
    );
  }
  return (
    <>
      <button
        type="button"
        className="btn btn--s"
        aria-pressed={follow === 'on'}
        disabled={file.firstTime === null}
        title="Moving one file brings the other one to the same instant"
        onClick={() => files.getState().change({ follow: follow === 'on' ? 'off' : 'on' })}
      >
        <ArrowLeftRight className="icon" aria-hidden="true" />
        Follow time
      </button>
      <IconButton icon={X} look="quiet" label="Close this pane" onClick={onClose} />
    </>
  );
}

/** The line above a file that has no lines and no bytes to go to. */
export function NameBar({ side, file, onBeside, onClose }: PaneProps) {
  return (
    <div className="viewer__bar">
      {side === 'main' ? <TreeButton /> : null}
      <h1 className="mono clip grow" title={file.path}>
        {file.path}
      </h1>
      <div className="viewer__tools">
        <BesideTools file={file} onBeside={onBeside} onClose={onClose} />
      </div>
    </div>
  );
}
