/** A row of the tables: Sigma's log source, and by what a record of it is told. */
import type { When } from './when.ts';

type Label = string | readonly string[];

export interface Told {
  readonly product?: Label;
  readonly category?: Label;
  readonly service?: Label;
}

export interface Row extends Told {
  readonly likely: When;
  readonly sure: When;
}

/** Where what is likely is sure. */
export const certain = (row: Told, when: When): Row => ({ ...row, likely: when, sure: when });
