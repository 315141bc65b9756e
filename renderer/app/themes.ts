import { Contrast, type LucideIcon, Monitor, Moon, Sun } from 'lucide-react';
import type { Theme } from '../stores/screens.ts';

export const THEMES: readonly { readonly theme: Theme; readonly label: string; readonly icon: LucideIcon }[] = [
  { theme: 'system', label: 'Theme of the system', icon: Monitor },
  { theme: 'light', label: 'Light theme', icon: Sun },
  { theme: 'dark', label: 'Dark theme', icon: Moon },
  { theme: 'contrast', label: 'High contrast theme', icon: Contrast },
];
