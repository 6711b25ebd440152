/** Sigma's five levels, lowest first (specification 2.1.0, "level"). */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;

export type Level = (typeof LEVELS)[number];

/** 0 for informational to 4 for critical. */
export const levelRank = (level: Level): number => LEVELS.indexOf(level);

export const isLevel = (value: unknown): value is Level => LEVELS.includes(value as Level);
