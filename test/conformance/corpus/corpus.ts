/** Where the reference data lies. Real records of other projects: read in place, never copied here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const corpus = process.env['PORCHLIGHT_CORPUS'];

/** For `test(name, needsCorpus, …)`. */
export const needsCorpus = corpus === undefined ? { skip: 'skipped: no corpus' } : {};

export const read = (...path: string[]): string => readFileSync(join(corpus ?? '', ...path), 'utf8');
