import { expect, it } from 'vitest';
import { placeMarks } from './marks.ts';

const VIEW = { from: 1_000, to: 2_000 };

function placed(html: string): readonly string[] {
  const root = document.createElement('div');
  root.innerHTML = html;
  placeMarks(root, VIEW, 500);
  return [...root.querySelectorAll('i')].map(({ style }) => style.transform);
}

it('puts a line where its instant is, and one out of the view outside of the picture', () => {
  expect(placed('<i data-at="1500"></i><i data-at="0"></i><i data-at="99999"></i><i></i>')).toEqual([
    'translateX(250px)',
    'translateX(-60px)',
    'translateX(560px)',
    '',
  ]);
});
