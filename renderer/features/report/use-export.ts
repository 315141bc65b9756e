/** Writes the report, the pack, and the map that undoes a redaction. */
import { useState } from 'react';
import { bytesOfBase64 } from '../../model/base64.ts';
import type { Failure, ReportDraft, Result } from '../../model/types.ts';
import { copied, type SavedReport } from '../../stores/report.ts';
import { useStores } from '../../stores/stores.tsx';

type Written = Result<{ readonly where: string | null; readonly fileName: string; readonly map: string | null }>;

/** @returns the name of the map beside a report of this name. */
function mapNameOf(fileName: string): string {
  return `${fileName.replace(/\.[a-z]{2,4}$/i, '')}.map.json`;
}

export interface Exporting {
  readonly busy: 'idle' | 'exporting';
  readonly failure: Failure | null;
  readonly dismiss: () => void;
  readonly write: () => Promise<void>;
  readonly writeMap: (saved: SavedReport) => Promise<void>;
}

/** @returns what Export does with the draft, and how it stands. */
export function useExport(draft: ReportDraft): Exporting {
  const { bridge, session, report, screens } = useStores();
  const [busy, setBusy] = useState<'idle' | 'exporting'>('idle');
  const [failure, setFailure] = useState<Failure | null>(null);

  const written = async (): Promise<Written> => {
    const caseId = session.getState().openCase?.id;
    const { kind, formats, sources } = report.getState().view;
    if (caseId === undefined)
      return { ok: false, failure: { code: 'not-found', message: 'No case is open', where: null, advice: null } };
    const whole = { caseId, draft: copied(draft) };
    if (kind === 'pack') {
      const packed = await bridge.call('report.pack', {
        ...whole,
        formats: [...formats],
        sources: draft.redaction === null ? sources : 'no',
      });
      if (!packed.ok) return packed;
      const { fileName, mediaType, base64, map } = packed.value;
      const saved = await bridge.saveDocument(fileName, mediaType, bytesOfBase64(base64));
      return saved.ok ? { ok: true, value: { where: saved.value, fileName, map } } : saved;
    }
    const built = await bridge.call('report.build', { ...whole, format: kind === 'pdf' ? 'html' : kind });
    if (!built.ok) return built;
    const { mediaType, text, map } = built.value;
    const fileName = kind === 'pdf' ? built.value.fileName.replace(/\.html$/, '.pdf') : built.value.fileName;
    const saved = await (kind === 'pdf'
      ? bridge.savePdf(fileName, text)
      : bridge.saveDocument(fileName, mediaType, text));
    return saved.ok ? { ok: true, value: { where: saved.value, fileName, map } } : saved;
  };

  return {
    busy,
    failure,
    dismiss: () => setFailure(null),
    write: async () => {
      setBusy('exporting');
      setFailure(null);
      const caseId = session.getState().openCase?.id;
      const answer = await written();
      setBusy('idle');
      // The case was left meanwhile: its map is no business of another one.
      if (session.getState().openCase?.id !== caseId) return;
      if (!answer.ok) setFailure(answer.failure);
      else if (answer.value.where === null) screens.getState().announce('Not saved: the dialog was closed');
      else {
        const { where, fileName, map } = answer.value;
        report.getState().change({
          saved: { where, map: map === null ? null : { fileName: mapNameOf(fileName), text: map, where: null } },
        });
      }
    },
    writeMap: async ({ where, map }) => {
      if (map === null) return;
      setFailure(null);
      const answer = await bridge.saveDocument(map.fileName, 'application/json', map.text);
      if (!answer.ok) setFailure(answer.failure);
      else if (answer.value !== null)
        report.getState().change({ saved: { where, map: { ...map, where: answer.value } } });
    },
  };
}
