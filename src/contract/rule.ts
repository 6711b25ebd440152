/** A Sigma rule file, as the catalogue hands it to the engine and as `/api/rules` lists it. */
import type { ListedRule, RuleInfo } from './rule.schema.ts';

/** One YAML document of a rule file, already parsed; the engine never reads files. */
export interface RuleDocument {
  readonly file: string;
  /** 1-based line where the document starts. */
  readonly line: number;
  readonly content: unknown;
}

/** Why a rule was refused, or what of a loaded one has no effect here, in words that name the place. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  /** From 1; absent where only the line is known. */
  readonly column?: number | undefined;
  /** Keys and places in lists, from the document down to what it is about: for whoever has the text. */
  readonly at?: readonly (string | number)[];
  readonly title: string;
  readonly reason: string;
}

export type { ListedRule, RuleInfo };

/** All that there is to say of the rules at hand. */
export interface RuleList {
  readonly items: readonly ListedRule[];
  readonly problems: readonly RuleProblem[];
  /** Of rules that are loaded: they cannot fire here, or a part of them has no effect. */
  readonly remarks: readonly RuleProblem[];
}
