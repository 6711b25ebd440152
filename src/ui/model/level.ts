/** The five levels as words and as groups of a list. */
import type { Level } from '#contract';

/** Highest first, as every list shows them. */
export const LEVELS_DOWN: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];

const WORDS: Record<Level, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  informational: 'Info',
};

export const levelWord = (level: Level): string => WORDS[level];

/** 0 for critical: sorts the worst to the top. */
export const levelOrder = (level: Level): number => LEVELS_DOWN.indexOf(level);

export interface LevelGroup {
  readonly title: string;
  readonly levels: readonly Level[];
}

export const LEVEL_GROUPS: readonly LevelGroup[] = [
  { title: 'Needs you', levels: ['critical', 'high'] },
  { title: 'When you have time', levels: ['medium', 'low'] },
  { title: 'For the record', levels: ['informational'] },
];

/** An alert of this level is what the first sentence of the page is about. */
export const needsYou = (level: Level): boolean => level === 'critical' || level === 'high';
