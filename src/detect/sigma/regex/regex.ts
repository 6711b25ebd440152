/** Regular expressions of rules: searched for anywhere in the value, with regard to case unless `i`. */
import { RE2JS } from 're2js';
import { Refusal, shown } from '../refusal.ts';

export interface Regex {
  readonly key: string;
  readonly test: (text: string) => boolean;
}

const FLAGS = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL } as const;

/** Throws a Refusal with the reason. */
export function regex(source: unknown, flags: string): Regex {
  if (typeof source !== 'string') throw new Refusal(`not a regular expression: ${shown(source)}`);
  const bits = [...flags].reduce((sum, flag) => sum | (FLAGS[flag as keyof typeof FLAGS] ?? 0), 0);
  try {
    const compiled = RE2JS.compile(source, bits);
    return { key: `${flags}/${source}`, test: (text) => compiled.test(text) };
  } catch (error) {
    throw new Refusal(`regular expression ${shown(source)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
