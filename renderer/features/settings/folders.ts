/** What was read from each folder, and what is wrong in it. Pure. */
import type { RulesAnswer, RunbooksAnswer } from '../../model/types.ts';

export interface FolderContents {
  readonly loaded: readonly { readonly id: string; readonly title: string; readonly file: string }[];
  /** `place` reads `file:line:column`. */
  readonly wrong: readonly { readonly file: string; readonly place: string; readonly message: string }[];
}

/** @returns the contents of each folder of rules; a folder from which nothing came has empty ones. */
export function ruleFolderContents(
  { rules, rejected }: RulesAnswer,
  folders: readonly string[],
): ReadonlyMap<string, FolderContents> {
  return new Map(
    folders.map((folder) => [
      folder,
      {
        loaded: rules.filter((rule) => rule.folder === folder),
        wrong: rejected
          .filter((one) => one.folder === folder)
          .map(({ file, line, column, message }) => ({
            file,
            // Without a file it is the folder that cannot be read.
            place: file === '' ? folder : `${file}:${line}:${column}`,
            message,
          })),
      },
    ]),
  );
}

/** The same for runbooks, whose files are told by their whole paths. */
export function runbookFolderContents(
  { runbooks, broken }: RunbooksAnswer,
  folders: readonly string[],
): ReadonlyMap<string, FolderContents> {
  const inside = (file: string, folder: string) =>
    file === folder || file.startsWith(`${folder.replace(/[/\\]+$/, '')}/`) || file.startsWith(`${folder}\\`);
  return new Map(
    folders.map((folder) => {
      const short = (file: string) => (file === folder ? file : file.slice(folder.replace(/[/\\]+$/, '').length + 1));
      return [
        folder,
        {
          loaded: runbooks
            .filter(({ runbook }) => runbook.origin === 'own' && inside(runbook.file, folder))
            .map(({ runbook }) => ({ id: runbook.id, title: runbook.title, file: short(runbook.file) })),
          wrong: broken
            .filter(({ origin, file }) => origin === 'own' && inside(file, folder))
            .flatMap(({ file, mistakes }) =>
              mistakes.map(({ line, column, message }) => ({
                file,
                place: file === folder ? folder : `${short(file)}:${line}:${column}`,
                message,
              })),
            ),
        },
      ];
    }),
  );
}

/** @returns the number of rules of each area by part, areas by name. */
export function rulesByArea(rules: RulesAnswer['rules']): readonly {
  readonly area: string;
  readonly cause: number;
  readonly symptom: number;
  readonly recovery: number;
  readonly own: number;
}[] {
  const areas = [...new Set(rules.map(({ area }) => area))].sort();
  return areas.map((area) => {
    const here = rules.filter((rule) => rule.area === area);
    const of = (part: RulesAnswer['rules'][number]['part']) => here.filter((rule) => rule.part === part).length;
    return {
      area,
      cause: of('cause'),
      symptom: of('symptom'),
      recovery: of('recovery'),
      own: here.filter(({ folder }) => folder !== null).length,
    };
  });
}
