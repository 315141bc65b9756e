/** A button that shows a picture alone: its name is read out, its title tells the pointer what it does. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

type Passed = Pick<ComponentProps<'button'>, 'aria-pressed' | 'disabled' | 'onClick'>;

export function IconButton({
  icon: Icon,
  label,
  title = label,
  look = 'framed',
  ...passed
}: Passed & {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly title?: string;
  readonly look?: 'framed' | 'quiet';
}) {
  return (
    <button
      type="button"
      className={`btn btn--s btn--icon${look === 'quiet' ? ' btn--quiet' : ''}`}
      aria-label={label}
      title={title}
      {...passed}
    >
      <Icon className="icon" aria-hidden="true" />
    </button>
  );
}
