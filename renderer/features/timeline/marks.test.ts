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

it('stretches what lasts, as far as it reaches into the view', () => {
  const spans = [
    [1_200, 1_400],
    [-1e15, 1_100],
    [0, 500],
  ].map(([from, to]) => `<i data-from="${from}" data-to="${to}"></i>`);
  expect(placed(spans.join(''))).toEqual([
    'translateX(100px) scaleX(1)',
    'translateX(-60px) scaleX(1.1)',
    'translateX(-60px) scaleX(0)',
  ]);
});
