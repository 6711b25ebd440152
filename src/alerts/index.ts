/** Alerts: matches folded into what a person sees, and which of it reaches their phone. */
export { type Folder, folder } from './fold.ts';
export type { Push } from './push.ts';
export { route } from './route.ts';
export { type Finding, summaries, type Summaries, type Told } from './summary.ts';
