/**
 * Templates of rules, filled from a match: `{source.ip}` is a field of its event, `{count}` the alert's count.
 *
 * Everything filled in was chosen by whoever wrote the log line. Sentences keep it as it is, cut to a length, and are escaped
 * where they are shown. Commands are different: people paste them into a shell, so a command with anything but plain
 * names in it is left out, and the step stays with its text alone.
 */
import type { FieldValue, Step } from '#contract';
import type { Match } from '#detect';

/** Characters: one value, and a whole line. */
export const LENGTHS = { value: 120, line: 300 } as const;

const PLACE = /\{([\w@.-]+)\}/g;

/** No quoting makes an odd name safe in every shell; these need none. A leading dash would be read as an option. */
const PLAIN = /^[\w.:@%+,][\w.:@%+,-]{0,119}$/;

/** Cuts to at most `max` UTF-16 units, never through a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const end = last >= 0xd800 && last <= 0xdbff ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

export type Lookup = (name: string) => string | undefined;

function shown(value: FieldValue | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Stands for the count in a sentence's form; a noncharacter, and taken out of whatever is filled in. */
const COUNT_MARK = '\ufdd0';

/** The sentence of a form: late matches change the count and nothing else of what was told. */
export const withCount = (form: string, count: number): string => form.replaceAll(COUNT_MARK, String(count));

/** The sentence with a mark where the count stands. */
export function sentenceForm(match: Match): string {
  return sentence(match, (name) =>
    name === 'count' ? COUNT_MARK : known(match, name)?.replaceAll(COUNT_MARK, '\ufffd'),
  );
}

/** What a match knows by name: values of its rule, then fields of its event. */
export const known = ({ values, event }: Match, name: string): string | undefined =>
  (Object.hasOwn(values, name) ? shown(values[name]) : undefined) ?? shown(event.event[name]);

/** The same, and the count. */
export function lookup(match: Match, count: number): Lookup {
  return (name) => (name === 'count' ? String(count) : known(match, name));
}

/** undefined when a name is not known. */
function fill(template: string, find: Lookup, accept: (value: string) => boolean): string | undefined {
  let whole = true;
  const filled = template.replace(PLACE, (_, name: string) => {
    const value = find(name);
    if (value === undefined || !accept(value)) whole = false;
    return cut(value ?? '', LENGTHS.value);
  });
  return whole ? filled : undefined;
}

const anything = (): boolean => true;

/** The first sentence that can be filled, else the title and where. */
export function sentence({ rule }: Match, find: Lookup): string {
  for (const template of rule.sentences) {
    const filled = fill(template, find, anything);
    if (filled !== undefined) return cut(filled, LENGTHS.line);
  }
  const host = find('host.name');
  return cut(host === undefined ? rule.title : `${rule.title} on ${cut(host, LENGTHS.value)}`, LENGTHS.line);
}

/** Steps whose names are all known; a command only where it is safe to paste. */
export function steps({ rule }: Match, find: Lookup): readonly Step[] {
  return rule.steps.flatMap((step): readonly Step[] => {
    const text = fill(step.text, find, anything);
    if (text === undefined) return [];
    const command = step.command === undefined ? undefined : fill(step.command, find, (value) => PLAIN.test(value));
    const line = { text: cut(text, LENGTHS.line) };
    return [command === undefined ? line : { ...line, command }];
  });
}
