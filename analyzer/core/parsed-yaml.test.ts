import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parsedAtBuild, yamlKey } from './parsed-yaml.ts';
import { dataFolder } from './resources.ts';

describe('YAML that the build has parsed', () => {
  const shipped = (['layouts', 'formats', 'rules'] as const).flatMap((folder) =>
    readdirSync(dataFolder(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => path.join(dataFolder(folder), name)),
  );

  test('no shipped file holds a value that JSON would change', () => {
    expect(shipped.length).toBeGreaterThan(5);
    for (const file of shipped) {
      const value: unknown = parse(readFileSync(file, 'utf8'), { schema: 'core' });
      expect(JSON.parse(JSON.stringify(value)), file).toEqual(value);
    }
  });

  test('texts have keys of their own, and one that no build has met is not known', () => {
    const keys = shipped.map((file) => yamlKey(readFileSync(file, 'utf8')));
    expect(new Set(keys).size).toBe(shipped.length);
    expect(yamlKey('a: 1\n')).not.toBe(yamlKey('a: 2\n'));
    expect(parsedAtBuild('a: never shipped\n')).toBeUndefined();
  });
});
