/** What the catalogue reads off a rule document before anybody compiles it: enough to list it, to choose it and to judge it. */
import { isLevel, isRuleStatus, type Level, type RuleDocument, type RuleStatus } from '#contract';

export interface RuleEntry {
  readonly document: RuleDocument;
  /** `porchlight`, `folder`, or the name of an installed set. */
  readonly set: string;
  /** The file as selectors see it: below its set or folder, with `/`. */
  readonly path: string;
  /** As the engine makes it up: id, else name, else file and title. */
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly status: RuleStatus | null;
  readonly tags: readonly string[];
  readonly product: string;
  readonly category: string;
  readonly service: string;
  /** It says by itself whether it alerts; undefined where it leaves that to the house. */
  readonly speaks: boolean | undefined;
}

type Content = Readonly<Record<string, unknown>>;

const isContent = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function tagsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((tag) => typeof tag === 'string');
}

/** Never throws: what is broken is for the engine to refuse. */
export function entryOf(document: RuleDocument, set: string, path: string): RuleEntry {
  const content = isContent(document.content) ? document.content : {};
  const source = isContent(content['logsource']) ? content['logsource'] : {};
  const own = isContent(content['porchlight']) ? content['porchlight'] : {};
  const title = wordsOf(content['title']);
  const speaks = own['alert'];
  return {
    document,
    set,
    path,
    id: wordsOf(content['id'] ?? content['name']) || `${document.file}#${title}`,
    title,
    level: isLevel(content['level']) ? content['level'] : 'medium',
    status: isRuleStatus(content['status']) ? content['status'] : null,
    tags: tagsOf(content['tags']),
    product: wordsOf(source['product']).toLowerCase(),
    category: wordsOf(source['category']).toLowerCase(),
    service: wordsOf(source['service']).toLowerCase(),
    speaks: typeof speaks === 'boolean' ? speaks : undefined,
  };
}

/** Filters narrow other rules; they are no rules that could be switched or listed. */
export const isFilter = ({ document: { content } }: RuleEntry): boolean => isContent(content) && 'filter' in content;
