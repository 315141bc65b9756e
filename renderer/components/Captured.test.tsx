import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { captured, controlName } from './Captured.tsx';
import { markedText } from './MarkedText.tsx';

afterEach(cleanup);

describe('captured text', () => {
  it('is left as it is, tabs too', () => {
    expect(captured('a\tb <img> \u00fc')).toBe('a\tb <img> \u00fc');
  });

  it('names what would act and keeps every character', () => {
    const text = 'red \u001b[31m, right to left \u202eexe.log';
    const { container } = render(<p>{captured(text)}</p>);
    expect(container.textContent).toBe(text);
    expect([...container.querySelectorAll('bdi')].map((one) => one.dataset.name)).toEqual(['\u241b', 'U+202E']);
    expect(controlName('\u007f')).toBe('\u2421');
  });

  it('is marked by the same ranges', () => {
    const { container } = render(<p>{markedText('a\u202eb needle', [[2, 9]], [])}</p>);
    expect(container.querySelector('mark')?.textContent).toBe('b needl');
    expect(container.querySelectorAll('bdi')).toHaveLength(1);
  });
});
