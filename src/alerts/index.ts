/** Alerts: matches folded into what a person sees, and which of it reaches their phone. */
export { type Folder, folder } from './fold.ts';
export { type Push, route } from './route.ts';
