export { fromLevel, worstLevel } from './monitor-level.ts';
export { onceJson, onceText } from './once.ts';
export { runTop, type RunOptions } from './run.ts';
export type { Terminal } from './screen.ts';
export { type LocalMonitor, monitorSource, serverSource, type TopSource } from './source.ts';
export { FIRST_VIEW, type Part, type Point, type TopData, type TopState } from './state.ts';
export { type Background, type ColourDepth, type Theme, themeOf } from './theme.ts';
