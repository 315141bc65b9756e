/** The one link style that always means "open this exact line". */
import { TextAlignStart } from 'lucide-react';
import { chipLabel, evidenceLines, type LineTarget, lineLabel } from '../model/evidence.ts';
import { baseName, hostNames } from '../model/format.ts';
import type { Evidence } from '../model/types.ts';
import { formatRoute, type Route } from '../stores/navigation.ts';
import { useStores } from '../stores/stores.tsx';

/** @returns the route of Files that shows these lines. */
export function fileRoute(target: LineTarget): Route {
  return {
    screen: 'files',
    params: {
      bundle: target.bundle,
      file: target.file,
      line: String(target.line),
      ...(target.endLine > target.line ? { end: String(target.endLine) } : {}),
    },
  };
}

/** @returns the route of Files that shows a file from its beginning. */
export function fileInFiles({ bundle, file }: Pick<LineTarget, 'bundle' | 'file'>): Route {
  return { screen: 'files', params: { bundle, file } };
}

/** `node` is shown when the lines are of another node than the one in question. */
export function EvidenceChip({
  evidence,
  node,
}: {
  readonly evidence: LineTarget & Partial<Pick<Evidence, 'text' | 'note'>>;
  readonly node?: string | null;
}) {
  const { navigation } = useStores();
  const route = fileRoute(evidence);
  const preview =
    evidence.text === undefined
      ? ''
      : evidenceLines({ line: evidence.line, endLine: evidence.endLine, text: evidence.text })
          .lines.slice(0, 3)
          .map((line) => `${line.number}  ${line.text.slice(0, 160)}`)
          .join('\n');
  return (
    <a
      className="ev"
      href={formatRoute(route)}
      title={[node ?? '', evidence.file, evidence.note ?? '', preview].filter((part) => part !== '').join('\n')}
      aria-label={`Open ${node ? `${node} ` : ''}${chipLabel(evidence)} in Files`}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        navigation.getState().go(route);
      }}
    >
      <TextAlignStart className="icon" aria-hidden="true" />
      {node ? <span className="ev__node">{hostNames([node])[0]}</span> : null}
      <span className="ev__file">{baseName(evidence.file)}</span>
      <span className="ev__line">{lineLabel(evidence.line, evidence.endLine)}</span>
    </a>
  );
}

/** The same mark where the row itself opens the line: a list's options may hold nothing that takes the focus. */
export function EvidenceMark({ target, node }: { readonly target: LineTarget; readonly node: string | null }) {
  return (
    <span className="ev" title={node === null ? target.file : `${node}\n${target.file}`} data-opens="">
      <TextAlignStart className="icon" aria-hidden="true" />
      {node === null ? null : <span className="ev__node">{hostNames([node])[0]}</span>}
      <span className="ev__file">{baseName(target.file)}</span>
      <span className="ev__line">{lineLabel(target.line, target.endLine)}</span>
    </span>
  );
}
