import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { whyUnreadable } from './why-unreadable.ts';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test('what the system says is told in words', () => {
  expect(whyUnreadable(thrownBy(() => readFileSync(path.join(tmpdir(), 'no', 'such', 'file'))))).toBe(
    'it is not there',
  );
  expect(whyUnreadable(thrownBy(() => readFileSync(tmpdir())))).toBe('it is a folder');
  expect(whyUnreadable(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('no permission');
});

test('what has no words is told as it came', () => {
  expect(whyUnreadable(Object.assign(new Error('x'), { code: 'EXDEV' }))).toBe('EXDEV');
  expect(whyUnreadable(new Error('no longer a file'))).toBe('no longer a file');
  expect(whyUnreadable('odd')).toBe('odd');
});
