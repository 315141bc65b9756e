import { describe, expect, it } from 'vitest';
import { RUNBOOKS } from '../../bridge/fake/fake-runbooks.ts';
import { RULES } from '../../bridge/fake/fake-settings.ts';
import { ruleFolderContents, rulesByArea, runbookFolderContents } from './folders.ts';

describe('folders of one’s own', () => {
  it('tell of rules what was read and what is wrong, with file, line and column', () => {
    const found = ruleFolderContents(RULES, ['/home/me/rules', '/none']);
    expect(found.get('/home/me/rules')?.loaded.map(({ id }) => id)).toEqual(['own-dns']);
    expect(found.get('/home/me/rules')?.wrong.map(({ place }) => place)).toEqual(['broken.yaml:7:3']);
    expect(found.get('/none')).toEqual({ loaded: [], wrong: [] });
  });

  it('say it of the folder itself when it cannot be read', () => {
    const rejected = [{ folder: '/none', file: '', line: 1, column: 1, message: 'no such folder' }];
    expect(ruleFolderContents({ rules: [], rejected }, ['/none']).get('/none')?.wrong[0]?.place).toBe('/none');
  });

  it('tell the same of runbooks, by the folder that a file lies in', () => {
    const found = runbookFolderContents(RUNBOOKS, ['/home/me/runbooks', '/home/me/run']);
    expect(found.get('/home/me/runbooks')?.loaded.map(({ file }) => file)).toEqual(['pleg.yaml']);
    expect(found.get('/home/me/runbooks')?.wrong.map(({ place }) => place)).toEqual(['half.yaml:12:5']);
    expect(found.get('/home/me/run')).toEqual({ loaded: [], wrong: [] });
  });

  it('count the rules of an area by what they say', () => {
    expect(rulesByArea(RULES.rules)).toEqual([
      { area: 'dns', cause: 0, symptom: 1, recovery: 0, own: 1 },
      { area: 'kube-proxy', cause: 1, symptom: 0, recovery: 1, own: 0 },
    ]);
  });
});
