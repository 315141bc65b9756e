/** One file, as lines or as bytes. */
import { Empty } from '../../components/States.tsx';
import { HexPane } from './HexPane.tsx';
import { PaneNotes } from './PaneNotes.tsx';
import { NameBar } from './PaneTools.tsx';
import type { PaneProps } from './pane.ts';
import { TextPane } from './TextPane.tsx';

export function Pane(props: PaneProps) {
  const { file, side } = props;
  if (file.format === 'binary' || file.coverage === 'binary') return <HexPane {...props} />;
  if (file.lines > 0) return <TextPane {...props} />;
  return (
    <section className="pane" aria-label={side === 'main' ? 'File' : 'File beside it'}>
      <NameBar {...props} />
      <PaneNotes file={file} side={side} />
      {file.coverage === 'not-opened' ? null : (
        <Empty mark="unknown" title="The file was captured and is empty">
          <p>That is not the same as none: its command may have failed, or had nothing to say.</p>
        </Empty>
      )}
    </section>
  );
}
