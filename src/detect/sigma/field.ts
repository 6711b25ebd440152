/** Fields that are named outside of a detection, where no log source says what a name means: in correlations. */
import { fieldMap, type Read } from './fields.ts';

export type { Read } from './fields.ts';

const ANYWHERE = { product: '', category: '', service: '' };

/** Looks under every name that one of the common log sources has for the field, then under its own. */
export const reader = (name: string): Read => fieldMap(ANYWHERE, new Map())(name).read;
