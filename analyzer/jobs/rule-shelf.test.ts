import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { dataFolder } from '../core/resources.ts';
import { ownRulesFingerprint } from './own-rule-files.ts';
import { rejectedFiles, ruleShelf } from './rule-shelf.ts';
import { SettingsDesk } from './settings-desk.ts';
import { shippedRules } from './shipped-rules.ts';

const shipped = shippedRules();
const file = shipped.files[shipped.rules.findIndex(({ id }) => id === 'kube-proxy-sync-failure')] ?? '';
const GOOD = readFileSync(path.join(dataFolder('rules'), file), 'utf8');
const named = (id: string): string => GOOD.replace('id: kube-proxy-sync-failure', `id: ${id}`);

describe('ruleShelf', () => {
  it('takes files of a folder and of its folders, and refuses ids that rules and analyzers have', () =>
    inTemporaryFolder((folder) => {
      const own = path.join(folder, 'own');
      mkdirSync(path.join(own, 'deeper'), { recursive: true });
      writeFileSync(path.join(own, 'a.yaml'), named('own-a'));
      writeFileSync(path.join(own, 'deeper', 'b.yml'), named('own-b'));
      writeFileSync(path.join(own, 'notes.txt'), 'no rule');
      writeFileSync(path.join(own, 'shipped.yaml'), GOOD);
      writeFileSync(path.join(own, 'analyzer.yaml'), named('kube-services-empty'));
      writeFileSync(path.join(own, 'twice.yaml'), named('own-a'));
      const { shelved, rejected } = ruleShelf([own, own]);
      expect(shelved.filter((one) => one.folder === own).map(({ rule, file }) => [rule.id, file])).toEqual([
        ['own-a', 'a.yaml'],
        ['own-b', 'deeper/b.yml'],
      ]);
      expect(rejectedFiles(rejected)).toEqual([
        `Rules not used: ${own}/analyzer.yaml:1:1 id kube-services-empty is used by an analyzer`,
        `Rules not used: ${own}/shipped.yaml:1:1 id kube-proxy-sync-failure is used by a rule that comes with Coldcase`,
        `Rules not used: ${own}/twice.yaml:1:1 id own-a is used by ${own}/a.yaml`,
      ]);
    }));

  it('tells of each file its first mistake and how many more there are, and of a folder what is wrong with it', () =>
    inTemporaryFolder((folder) => {
      const wrong = named('own-a')
        .replace(/^title: .*\n/m, '')
        .replace(/^severity: .*$/m, 'severity: dreadful');
      writeFileSync(path.join(folder, 'a.yaml'), wrong.replace(/^owner: .*$/m, 'owner: []'));
      writeFileSync(path.join(folder, 'b.yaml'), named('own-b').replace(/^title: .*\n/m, ''));
      const { rejected } = ruleShelf([folder, path.join(folder, 'gone')]);
      expect(rejected).toHaveLength(5);
      expect(rejectedFiles(rejected)).toEqual([
        `Rules not used: ${folder}/a.yaml:1:1 title is missing: a text, and 2 more in this file`,
        `Rules not used: ${folder}/b.yaml:1:1 title is missing: a text`,
        `Rules not used: ${folder}/gone: cannot be read (it is not there)`,
      ]);
    }));

  it('waits for no pipe and reads no file that is too large to be a rule', () =>
    inTemporaryFolder((folder) => {
      execFileSync('mkfifo', [path.join(folder, 'pipe.yaml')]);
      writeFileSync(path.join(folder, 'large.yaml'), 'x'.repeat(70_000));
      mkdirSync(path.join(folder, 'folder.yaml'));
      expect(ruleShelf([folder]).rejected.map(({ file, message }) => `${file} ${message}`)).toEqual([
        'large.yaml larger than 65536 bytes',
        'pipe.yaml no regular file',
      ]);
    }));

  it('has a fingerprint of content: not of times, but of every change', () =>
    inTemporaryFolder((folder) => {
      const file = path.join(folder, 'a.yaml');
      expect(ownRulesFingerprint([])).toBe('');
      const none = ownRulesFingerprint([folder]);
      writeFileSync(file, GOOD);
      const before = ownRulesFingerprint([folder]);
      writeFileSync(file, GOOD);
      expect(ownRulesFingerprint([folder])).toBe(before);
      writeFileSync(file, `${GOOD}#`);
      expect(new Set([none, before, ownRulesFingerprint([folder])]).size).toBe(3);
    }));
});

describe('SettingsDesk', () => {
  it('holds what is set until it ends where nothing is kept, and adds the folders of its host', () => {
    const desk = new SettingsDesk(null, ['/given']);
    expect(desk.ruleFolders()).toEqual(['/given']);
    const limits = { unpackedGib: 400, members: 200_000, expansion: 1_500 };
    const answer = desk.set({ settings: { ruleFolders: ['/own'], runbookFolders: [], limits } });
    expect(answer).toMatchObject({ ok: true, value: { file: null, damaged: null } });
    expect(desk.ruleFolders()).toEqual(['/own', '/given']);
    expect(desk.importLimits()).toEqual({ members: 200_000, unpackedBytes: 400 * 2 ** 30, expansion: 1_500 });
  });

  it('says when settings cannot be kept', () => {
    const desk = new SettingsDesk('/dev/null/settings');
    expect(desk.set({ settings: desk.current() })).toMatchObject({ ok: false, failure: { code: 'disk' } });
  });
});
