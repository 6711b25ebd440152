/**
 * What a parser is: one program's messages → ECS fields. It sees only the message, after host, program and pid were
 * taken off, and says only what the message says.
 *
 * The text is the attacker's: user names, key comments and paths hold spaces, ` from 192.0.2.1 port 22` and anything else.
 * A parser therefore fixes its ends first (a prefix, and the part that the program itself writes last) and takes what is
 * in between whole. It never searches a whole line with an unanchored regular expression.
 */
import type { FieldValue } from '#contract';

export type Parsed = Readonly<Record<string, FieldValue>>;
/** A result while a parser builds it: only names that the parser itself writes, never one from the log. */
export type Draft = Record<string, FieldValue>;

export interface Parser {
  /** The name it goes by in `parse --explain`. */
  readonly name: string;
  /** Program names as they stand in the tag, in lower case. */
  readonly programs: readonly string[];
  /** `event.dataset` where the file itself does not decide it. */
  readonly dataset: string;
  /** Sigma log source: `labels.service`, `labels.category`. */
  readonly service: string;
  readonly category?: string;
  /** True only for text that can hardly be anything else: such a message is parsed even where no program is named. */
  recognises?(message: string): boolean;
  /** undefined for a message it does not know: the event then keeps its text. */
  parse(message: string): Parsed | undefined;
}

export const AUTHENTICATION = ['authentication'] as const;
export const SESSION = ['session'] as const;
export const NETWORK = ['network'] as const;
export const IAM = ['iam'] as const;
export const PROCESS = ['process'] as const;
export const INFO = ['info'] as const;
export const START = ['start'] as const;
export const END = ['end'] as const;
export const DENIED = ['denied'] as const;
/** Filebeat's system module writes these two beside `info`; people's saved searches and dashboards expect them. */
export const LOGIN_FAILURE = ['authentication_failure', 'info'] as const;
export const LOGIN_SUCCESS = ['authentication_success', 'info'] as const;

/** A number of 1 to 9 digits, or undefined. */
export function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
