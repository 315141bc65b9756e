/** The one link style that always means "open this exact line". */
import { TextAlignStart } from 'lucide-react';
import { chipLabel, evidenceLines, type LineTarget, lineLabel } from '../model/evidence.ts';
import { baseName, hostNames } from '../model/format.ts';
import type { BundleId, Evidence } from '../model/types.ts';
import { formatRoute, type Route } from '../stores/navigation.ts';
import { useSession, useStores } from '../stores/stores.tsx';
import { useNodeNames } from './use-node-names.ts';

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

/** @returns the node with and without its domain, told apart from other bundles of it; nulls when it is not shown. */
function useShownNode(
  bundle: BundleId,
  node: string | null,
): { readonly whole: string | null; readonly short: string | null } {
  const { whole, short } = useNodeNames();
  const isOwn = useSession((state) => state.openCase?.bundles.find(({ id }) => id === bundle)?.node === node);
  // Where all nodes of a view begin alike, the caller says the rest alone.
  return node === null || !isOwn
    ? { whole: node, short: node === null ? null : (hostNames([node])[0] ?? node) }
    : { whole: whole.get(bundle) ?? node, short: short.get(bundle) ?? node };
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
  const shown = useShownNode(evidence.bundle, node ?? null);
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
      title={[shown.whole ?? '', evidence.file, evidence.note ?? '', preview].filter((part) => part !== '').join('\n')}
      aria-label={`Open ${shown.whole === null ? '' : `${shown.whole} `}${chipLabel(evidence)} in Files`}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        navigation.getState().go(route);
      }}
    >
      <TextAlignStart className="icon" aria-hidden="true" />
      {shown.short === null ? null : <span className="ev__node">{shown.short}</span>}
      <span className="ev__file">{baseName(evidence.file)}</span>
      <span className="ev__line">{lineLabel(evidence.line, evidence.endLine)}</span>
    </a>
  );
}

/** The same mark where the row itself opens the line: a list's options may hold nothing that takes the focus. */
export function EvidenceMark({ target, node }: { readonly target: LineTarget; readonly node: string | null }) {
  const shown = useShownNode(target.bundle, node);
  return (
    <span className="ev" title={shown.whole === null ? target.file : `${shown.whole}\n${target.file}`} data-opens="">
      <TextAlignStart className="icon" aria-hidden="true" />
      {shown.short === null ? null : <span className="ev__node">{shown.short}</span>}
      <span className="ev__file">{baseName(target.file)}</span>
      <span className="ev__line">{lineLabel(target.line, target.endLine)}</span>
    </span>
  );
}
