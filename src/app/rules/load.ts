/**
 * All rules of an installation, read, chosen and compiled: our own pack, the folders of the configuration, the installed sets.
 * Where two have the same id, the first in this order is used: a copy that somebody changed goes before the one it was made from.
 */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ListedRule, RuleDocument, RuleInfo, RuleList, RuleProblem } from '#contract';
import { type Compiled, compile } from '#detect';
import { ruleCache } from '../rule-cache.ts';
import { readFolder } from '../rule-catalogue.ts';
import { entryOf, isFilter, type RuleEntry } from './entry.ts';
import { placed } from './locate.ts';
import type { RulePlaces } from './places.ts';
import { judge, OWN_SET, type Verdict } from './policy.ts';
import { installedSets } from './sets.ts';
import { readSwitches } from './switches.ts';

export interface LoadedRules {
  readonly compiled: Compiled;
  readonly list: RuleList;
  /** Ids of rules whose matches are only noted on the event. */
  readonly quiet: ReadonlySet<string>;
}

interface Chosen {
  readonly entry: RuleEntry;
  readonly verdict: Verdict;
}

interface Shelf {
  readonly entries: readonly RuleEntry[];
  readonly problems: readonly RuleProblem[];
}

function shelf(places: RulePlaces, keeps: boolean): Shelf {
  const cache = ruleCache(places.cache);
  const origins = [
    { set: OWN_SET, folder: places.own },
    ...places.folders.map((folder) => ({ set: 'folder', folder })),
    ...installedSets(places.sets).map(({ name, folder }) => ({ set: name, folder })),
  ];
  const read = origins.map(({ set, folder }) => {
    const { documents, problems } = readFolder(folder, cache);
    const entries = documents.map((document) => entryOf(document, set, pathIn(folder, document.file)));
    return { entries, problems };
  });
  if (keeps) cache.save();
  return { entries: read.flatMap(({ entries }) => entries), problems: read.flatMap(({ problems }) => problems) };
}

const pathIn = (folder: string, file: string): string => {
  const below = relative(folder, file);
  return (below === '' ? file : below).replaceAll(sep, '/');
};

const off = (entry: RuleEntry, reason: string): Chosen => ({
  entry,
  verdict: { runs: false, level: entry.level, alerts: false, reason },
});

/** Each id once. What is the same twice is not worth a word; another version is listed, and does not run. */
function choose(entries: readonly RuleEntry[], places: RulePlaces): { chosen: Chosen[]; unused: readonly string[] } {
  const { judge: verdictOf, unused } = judge(places.policy, readSwitches(places.switches));
  const first = new Map<string, RuleEntry>();
  const chosen: Chosen[] = [];
  for (const entry of entries) {
    const twin = first.get(entry.id);
    if (twin === undefined || twin.document.file === entry.document.file || isFilter(entry)) {
      first.set(entry.id, entry);
      chosen.push({ entry, verdict: verdictOf(entry) });
    } else if (!isDeepStrictEqual(twin.document.content, entry.document.content))
      chosen.push(off(entry, `another version is used: ${twin.document.file}`));
  }
  return { chosen, unused: unused() };
}

function withLevel({ document }: RuleEntry, level: string): RuleDocument {
  return { ...document, content: { ...(document.content as object), level } };
}

/** The document as it is compiled: with the level that is in force. */
const inForce = ({ entry, verdict }: Chosen): RuleDocument =>
  verdict.level === entry.level ? entry.document : withLevel(entry, verdict.level);

function listed(
  { entry, verdict }: Chosen,
  info: RuleInfo | undefined,
  remarks: readonly string[],
  feedsOnly: boolean,
): ListedRule {
  const { document, set, id, title, status, tags, product, category, service, level } = entry;
  const state = !verdict.runs ? 'off' : feedsOnly ? 'feeds' : verdict.alerts ? 'alerts' : 'records';
  const content = document.content as Readonly<Record<string, unknown>>;
  const description = typeof content['description'] === 'string' ? content['description'].trim() : '';
  return {
    id,
    title,
    level: verdict.level,
    written_level: level,
    kind: info?.kind ?? '',
    description,
    tags: [...tags],
    file: document.file,
    line: document.line,
    type: 'correlation' in content ? 'correlation' : 'detection',
    set,
    status,
    product,
    category,
    service,
    state,
    reason: state === 'feeds' ? 'only feeds correlations' : verdict.reason,
    remarks: [...remarks],
  };
}

/** Problems beyond which a column is not worth another look at the file: somebody gave a folder that holds no rules. */
const MOST_LOCATED = 200;

const located = (problems: readonly RuleProblem[]): readonly RuleProblem[] => [
  ...placed(problems.slice(0, MOST_LOCATED), (file) => readFileSync(file, 'utf8')),
  ...problems.slice(MOST_LOCATED).map(({ at: _at, ...problem }) => problem),
];

/**
 * Reads all and compiles it. Never throws for a rule: what is wrong with one is listed. `keeps`: what was parsed is kept for the
 * next start; only the server does, since a command may run as somebody else, or only want to look.
 */
export function loadRules(places: RulePlaces, keeps = false): LoadedRules {
  const { entries, problems } = shelf(places, keeps);
  const { chosen, unused } = choose(entries, places);
  const running = chosen.filter(({ verdict }) => verdict.runs);
  const compiled = compile(running.map(inForce), undefined, places.policy.placeholders);
  const infos = new Map(compiled.rules.map((info) => [info.id, info]));
  const remarks = Map.groupBy(compiled.remarks, ({ file, title }) => `${file}\u0000${title}`);
  const items = chosen
    .filter(
      ({ entry, verdict }) => !isFilter(entry) && (!verdict.runs || infos.get(entry.id)?.file === entry.document.file),
    )
    .map((one) => {
      const said = remarks.get(`${one.entry.document.file}\u0000${one.entry.title}`)?.map(({ reason }) => reason) ?? [];
      const info = infos.get(one.entry.id);
      return listed(one, info, said, info?.alerts === false);
    });
  const idle = unused.map((selector) => ({
    file: 'porchlight.yaml',
    line: 1,
    title: selector,
    reason: `rules: ${selector} fits no rule`,
  }));
  return {
    compiled,
    list: { items, problems: located([...problems, ...compiled.problems]), remarks: [...compiled.remarks, ...idle] },
    quiet: new Set(running.filter(({ verdict }) => !verdict.alerts).map(({ entry }) => entry.id)),
  };
}

/** Rules that are at hand run as they are, and alert as they say. */
function ofDocuments(documents: readonly RuleDocument[]): LoadedRules {
  const compiled = compile(documents);
  const byFile = new Map(
    documents.map((document) => [`${document.file}\u0000${entryOf(document, OWN_SET, '').id}`, document]),
  );
  const items = compiled.rules.flatMap((info) => {
    const document = byFile.get(`${info.file}\u0000${info.id}`);
    if (document === undefined) return [];
    const entry = entryOf(document, OWN_SET, document.file);
    const verdict: Verdict = { runs: true, level: entry.level, alerts: true, reason: '' };
    return [listed({ entry, verdict }, info, [], !info.alerts)];
  });
  return { compiled, list: { items, problems: compiled.problems, remarks: compiled.remarks }, quiet: new Set() };
}

export const rulesFrom = (rules: readonly RuleDocument[] | RulePlaces): LoadedRules =>
  'own' in rules ? loadRules(rules, true) : ofDocuments(rules);
