/** What is not wrong with a rule, but not as it should be either: what a careful author would want to be told. */
import { isRuleStatus, RULE_STATUSES, type RuleDocument } from '#contract';
import type { Where } from './locate.ts';

type Content = Readonly<Record<string, unknown>>;
type Advice = Omit<Where, 'line'>;

const isContent = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Sigma appendix "tags": a namespace and a name. */
const TAG = /^[a-z0-9_-]+\.[a-z0-9._-]+$/;
const DATE = /^\d{4}[-/]\d{2}[-/]\d{2}$/;

function* head(content: Content): Generator<Advice> {
  const { id, status, level, tags, date, modified } = content;
  if (id === undefined) yield { reason: 'has no id; other rules and settings cannot name it' };
  else if (!UUID.test(String(id))) yield { at: ['id'], reason: 'id is not a UUID' };
  if ('filter' in content) return;
  if (status === undefined) yield { reason: `has no status; it counts as test` };
  else if (!isRuleStatus(status)) yield { at: ['status'], reason: `status is not one of ${RULE_STATUSES.join(', ')}` };
  if (level === undefined) yield { reason: 'has no level; it counts as medium' };
  for (const [key, value] of Object.entries({ date, modified }))
    if (value !== undefined && !(value instanceof Date) && !DATE.test(String(value)))
      yield { at: [key], reason: `${key} is not written 2026-01-31` };
  if (!Array.isArray(tags)) return;
  for (const [at, tag] of (tags as readonly unknown[]).entries())
    if (typeof tag === 'string' && !TAG.test(tag))
      yield { at: ['tags', at], reason: 'a tag is written attack.t1059, in small letters' };
}

/** Names that a condition uses, and patterns such as `selection_*`. */
function used(condition: unknown, names: readonly string[]): ReadonlySet<string> {
  const words = (Array.isArray(condition) ? condition : [condition]).join(' ').split(/[\s()|]+/);
  const fits = (name: string, word: string): boolean =>
    word === 'them'
      ? !name.startsWith('_')
      : new RegExp(
          `^${word
            .split('*')
            .map((part) => part.replace(/\W/g, String.raw`\$&`))
            .join('.*')}$`,
        ).test(name);
  return new Set(names.filter((name) => words.some((word) => word !== '' && fits(name, word))));
}

function* values(path: readonly (string | number)[], key: string, value: unknown): Generator<Advice> {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const [, ...modifiers] = key.split('|');
  if (modifiers.includes('all') && list.length === 1)
    yield { at: path, reason: 'all has no meaning for a single value' };
  const seen = new Set<unknown>();
  for (const [at, one] of list.entries()) {
    const place = [...path, at];
    if (seen.has(one)) yield { at: place, reason: `the value is there twice` };
    seen.add(one);
    const isLoose = modifiers.includes('contains') && typeof one === 'string' && /^\*|(?:^|[^\\])\*$/.test(one);
    if (isLoose) yield { at: place, reason: 'a * at the end of what is contained does nothing' };
  }
}

function* items(path: readonly (string | number)[], search: unknown): Generator<Advice> {
  if (Array.isArray(search))
    for (const [at, entry] of (search as readonly unknown[]).entries()) yield* items([...path, at], entry);
  else if (isContent(search))
    for (const [key, value] of Object.entries(search)) yield* values([...path, key], key, value);
}

/** The search identifier whose events are counted: `porchlight.count`. */
function counted(content: Content): unknown {
  const own = content['porchlight'];
  return isContent(own) ? own['count'] : undefined;
}

function* detections(content: Content): Generator<Advice> {
  for (const section of ['detection', 'filter']) {
    const part = content[section];
    if (!isContent(part)) continue;
    const names = Object.keys(part).filter(
      (name) => name !== 'condition' && !(section === 'filter' && name === 'rules'),
    );
    const known = used(part['condition'], names);
    for (const name of names) {
      if (!known.has(name) && name !== counted(content) && !name.startsWith('_'))
        yield { at: [section, name], reason: `condition does not use it` };
      yield* items([section, name], part[name]);
    }
  }
}

/** Never throws; what is refused anyway needs no advice. */
export function lint({ line, content }: RuleDocument): readonly Where[] {
  if (!isContent(content)) return [];
  return [...head(content), ...detections(content)].map((advice) => ({ line, ...advice }));
}
