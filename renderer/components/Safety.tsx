/** How risky an action is: a shape, the rating as the runbook writes it, and what it means. */
import { type LucideIcon, ShieldAlert, ShieldCheck, ShieldX } from 'lucide-react';
import type { SafetyRating } from '../model/types.ts';

const RATINGS: Readonly<Record<SafetyRating, { readonly icon: LucideIcon; readonly says: string }>> = {
  GREEN: { icon: ShieldCheck, says: 'changes nothing' },
  YELLOW: { icon: ShieldAlert, says: 'disturbs for a while' },
  RED: { icon: ShieldX, says: 'can lose something' },
};

export function Safety({ rating, because }: { readonly rating: SafetyRating; readonly because?: string }) {
  const { icon: Icon, says } = RATINGS[rating];
  return (
    <span className={`chip safety safety--${rating.toLowerCase()}`} title={because ?? says}>
      <Icon className="icon" aria-hidden="true" />
      <b>{rating}</b> {says}
    </span>
  );
}
