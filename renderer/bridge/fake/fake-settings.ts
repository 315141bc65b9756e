/** Settings of a fake machine, kept in memory, with one folder of rules. */
import type { MethodInput } from '../../../analyzer/contract/contract.ts';
import type { ListedRule, RulesAnswer, SettingsAnswer } from '../../model/types.ts';

const ok = <T>(value: T) => ({ ok: true as const, value });

export const SETTINGS: SettingsAnswer = {
  settings: {
    ruleFolders: ['/home/me/rules'],
    runbookFolders: ['/home/me/runbooks'],
    limits: { unpackedGib: 200, members: 200_000, expansion: 1_500 },
  },
  file: '/state/settings.json',
  damaged: null,
  limits: [
    {
      name: 'unpackedGib',
      title: 'Text of one archive',
      because: 'what it unpacks to fills the disk',
      unit: 'GiB',
      value: 200,
      usual: 200,
      most: 10_000,
    },
  ],
};

function makeRule(id: string, part: Partial<ListedRule> = {}): ListedRule {
  return {
    id,
    title: `Title of ${id}`,
    area: 'kube-proxy',
    part: 'cause',
    severity: 'high',
    owner: 'kube-proxy',
    source: { component: 'kube-proxy', version: '1.29', where: 'proxier.go', verified: 'yes' },
    folder: null,
    file: `kube-proxy/${id}.yaml`,
    ...part,
  };
}

export const RULES: RulesAnswer = {
  rules: [
    makeRule('kube-proxy-lock'),
    makeRule('kube-proxy-synced', { part: 'recovery', severity: 'info' }),
    makeRule('own-dns', { area: 'dns', part: 'symptom', folder: '/home/me/rules', file: 'dns/own-dns.yaml' }),
  ],
  rejected: [
    {
      folder: '/home/me/rules',
      file: 'broken.yaml',
      line: 7,
      column: 3,
      message: 'severity: not one of critical, high, medium, low, info',
    },
  ],
};

/** @returns answers about settings for a fake bridge; a folder that is no absolute path is refused. */
export function fakeSettings() {
  let answer = SETTINGS;
  return {
    'settings.get': () => ok(answer),
    'settings.set': ({ settings }: MethodInput<'settings.set'>) => {
      const wrong = [...(settings.ruleFolders ?? []), ...(settings.runbookFolders ?? [])].find(
        (folder) => !folder.startsWith('/'),
      );
      if (wrong !== undefined)
        return {
          ok: false as const,
          failure: {
            code: 'wrong-usage' as const,
            message: 'A folder is given by its absolute path',
            where: wrong,
            advice: null,
          },
        };
      const { ruleFolders = [], runbookFolders = [], limits = {} } = settings;
      const raised = { ...answer.settings.limits, ...limits } as typeof answer.settings.limits;
      answer = {
        ...answer,
        settings: { ruleFolders, runbookFolders, limits: raised },
        limits: answer.limits.map((limit) => ({ ...limit, value: raised[limit.name] })),
      };
      return ok(answer);
    },
    'rules.list': () => ok(RULES),
  };
}
