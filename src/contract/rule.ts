/** A Sigma rule file, as the catalogue hands it to the engine and as `/api/rules` lists it. */

/** One YAML document of a rule file, already parsed; the engine never reads files. */
export interface RuleDocument {
  readonly file: string;
  /** 1-based line where the document starts. */
  readonly line: number;
  readonly content: unknown;
}

/** Why a rule was refused, in words that name the place. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly reason: string;
}

export type { RuleInfo } from './rule.schema.ts';
