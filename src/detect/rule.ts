/** One rule document: what Sigma says of every rule, and our own `porchlight` mapping. */
import { isLevel, type Level, type RuleDocument, type Step } from '#contract';
import { kindOf } from './kind.ts';
import type { RuleFace } from './match.ts';
import { Refusal, shown } from './sigma/refusal.ts';
import { checkSize, isMapping, type Mapping, mapping, onlyKeys, seconds, text, texts } from './sigma/yaml-value.ts';

export interface RuleText {
  readonly document: RuleDocument;
  readonly content: Mapping;
  readonly face: RuleFace;
  readonly name: string | undefined;
  readonly description: string;
  readonly type: 'detection' | 'correlation';
  /** False for building blocks, which only correlations use. */
  readonly alerts: boolean;
  /** Search identifier whose events add to the count; undefined when all do. */
  readonly count: string | undefined;
}

/** Who an alert is about when a rule does not say. */
const ENTITY_FIELDS: readonly string[] = ['source.ip', 'user.name', 'host.name'];
const FOLD_SECONDS = 86_400;
const TITLE_LENGTH = 256;

const KNOWN_KEYS = [
  'title',
  'id',
  'name',
  'level',
  'logsource',
  'detection',
  'correlation',
  'tags',
  'description',
  'porchlight',
  'generate',
  'filter',
  'status',
  'related',
  'scope',
];
const OWN_KEYS = ['kind', 'entity', 'sentence', 'steps', 'count', 'fold', 'alert'];

/** Sigma allows any further key, so only a slip of the pen is refused: a known key with one letter changed, lost, added or swapped. */
function slip(key: string): string | undefined {
  return KNOWN_KEYS.find((known) => {
    if (known === key || Math.abs(known.length - key.length) > 1) return false;
    let start = 0;
    while (start < key.length && key[start] === known[start]) start++;
    let end = 0;
    while (end < Math.min(key.length, known.length) - start && key.at(-1 - end) === known.at(-1 - end)) end++;
    const [left, right] = [key.slice(start, key.length - end), known.slice(start, known.length - end)];
    return (left.length <= 1 && right.length <= 1) || (left.length === 2 && left === right.charAt(1) + right.charAt(0));
  });
}

function checkKeys(content: Mapping): void {
  for (const key of Object.keys(content)) {
    const meant = KNOWN_KEYS.includes(key) ? undefined : slip(key);
    if (meant !== undefined) throw new Refusal(`unknown key ${shown(key)}; did you mean ${meant}?`);
  }
}

function levelOf(value: unknown): Level {
  if (value === undefined) return 'medium';
  if (!isLevel(value)) throw new Refusal(`level is not informational, low, medium, high or critical: ${shown(value)}`);
  return value;
}

function step(value: unknown): Step {
  if (typeof value === 'string') return { text: text(value, 'a step') };
  const given = mapping(value, 'a step');
  onlyKeys(given, ['text', 'command'], 'a step');
  const words = text(given['text'], 'text of a step');
  return given['command'] === undefined
    ? { text: words }
    : { text: words, command: text(given['command'], 'command of a step') };
}

function stepsOf(value: unknown): readonly Step[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Refusal('porchlight.steps is not a list');
  return value.map(step);
}

function truth(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new Refusal(`${where} is not true or false: ${shown(value)}`);
  return value;
}

const optional = <T>(value: unknown, read: (value: unknown) => T, fallback: T): T =>
  value === undefined ? fallback : read(value);

/** A correlation groups by what it is about. */
function entityDefault(content: Mapping): readonly string[] {
  const correlation = content['correlation'];
  const groups = isMapping(correlation) ? correlation['group-by'] : undefined;
  return groups === undefined ? ENTITY_FIELDS : [...texts(groups, 'group-by'), ...ENTITY_FIELDS];
}

function faceOf(content: Mapping, own: Mapping, title: string, file: string): RuleFace {
  const tags = optional(content['tags'], (value) => texts(value, 'tags'), []);
  return {
    id: optional(content['id'] ?? content['name'], (value) => text(value, 'id'), `${file}#${title}`),
    title,
    level: levelOf(content['level']),
    kind: optional(own['kind'], (value) => text(value, 'porchlight.kind'), kindOf(tags, content['logsource'])),
    tags,
    entityFields: optional(own['entity'], (value) => texts(value, 'porchlight.entity'), entityDefault(content)),
    sentences: optional(own['sentence'], (value) => texts(value, 'porchlight.sentence'), []),
    steps: stepsOf(own['steps']),
    foldSeconds: optional(own['fold'], (value) => seconds(value, 'porchlight.fold'), FOLD_SECONDS),
  };
}

/** The title for an error message, whatever state the document is in. */
export function titleOf(content: unknown): string {
  const title = isMapping(content) ? content['title'] : undefined;
  return typeof title === 'string' ? title.slice(0, TITLE_LENGTH) : '';
}

/** Old rule collections: a part that all documents of a file share, to be merged into each before anybody reads them. */
function checkAction(content: Mapping): void {
  const action = content['action'];
  if (action === undefined) return;
  throw new Refusal(
    `action: ${shown(action)} is a rule collection, which Sigma gave up; write the shared part into every rule of the file`,
  );
}

const RELATIONS = ['correlation', 'derived', 'merged', 'obsolete', 'obsoletes', 'renamed', 'similar'];

function checkRelated(value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) throw new Refusal('related is not a list');
  for (const entry of value) {
    const relation = mapping(entry, 'an entry of related');
    text(relation['id'], 'id of an entry of related');
    if (!RELATIONS.includes(String(relation['type'])))
      throw new Refusal(`type of an entry of related is ${shown(relation['type'])}; known: ${RELATIONS.join(', ')}`);
  }
}

/** Everything that is wrong with a document whatever it is for. Throws a Refusal with the reason. */
export function readDocument(document: RuleDocument): Mapping {
  checkSize(document.content);
  const content = mapping(document.content, 'the rule');
  checkAction(content);
  checkKeys(content);
  if (content['status'] === 'unsupported') throw new Refusal('its author marked it as unsupported');
  checkRelated(content['related']);
  return content;
}

/** Throws a Refusal with the reason. */
export function readRule(document: RuleDocument, content: Mapping): RuleText {
  const title = text(content['title'], 'title');
  if (title.length > TITLE_LENGTH) throw new Refusal(`title is longer than ${TITLE_LENGTH} characters`);
  const own = content['porchlight'] === undefined ? {} : mapping(content['porchlight'], 'porchlight');
  onlyKeys(own, OWN_KEYS, 'porchlight');
  const correlates = content['correlation'] !== undefined;
  if (correlates === (content['detection'] !== undefined))
    throw new Refusal('a rule has either detection or correlation');
  return {
    document,
    content,
    face: faceOf(content, own, title, document.file),
    name: content['name'] === undefined ? undefined : text(content['name'], 'name'),
    description: typeof content['description'] === 'string' ? content['description'].trim() : '',
    type: correlates ? 'correlation' : 'detection',
    alerts: optional(own['alert'], (value) => truth(value, 'porchlight.alert'), true),
    count: own['count'] === undefined ? undefined : text(own['count'], 'porchlight.count'),
  };
}
