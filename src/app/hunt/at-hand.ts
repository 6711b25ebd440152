/** Rules as commands read them that run without a server: those that were named, else all that are at hand. */
import { join, relative } from 'node:path';
import type { RuleDocument, RuleProblem } from '#contract';
import { ruleCache } from '../rule-cache.ts';
import { readFolder } from '../rule-catalogue.ts';
import { entryOf, isFilter, type RuleEntry } from '../rules/entry.ts';
import type { RulePlaces } from '../rules/places.ts';
import { OWN_SET } from '../rules/policy.ts';
import { installedSets } from '../rules/sets.ts';

export interface AtHand {
  /** Each id once, but for filters. */
  readonly entries: readonly RuleEntry[];
  readonly documents: readonly RuleDocument[];
  readonly problems: readonly RuleProblem[];
}

/** In the data folder. The server's own is left alone: it keeps what the server reads. */
const CACHE = 'read-rules.cache';

export interface Named {
  readonly set: string;
  readonly folder: string;
}

export const named = (paths: readonly string[]): readonly Named[] => paths.map((folder) => ({ set: 'folder', folder }));

/** Our own pack, the folders of the configuration, the installed sets: switched on or off. */
export const installed = ({ own, folders, sets }: RulePlaces): readonly Named[] => [
  { set: OWN_SET, folder: own },
  ...named(folders),
  ...installedSets(sets).map(({ name, folder }) => ({ set: name, folder })),
];

/** `dataFolder`: where what was parsed is kept for the next time, if it is there. */
export function rulesAtHand(folders: readonly Named[], dataFolder: string): AtHand {
  const cache = ruleCache(join(dataFolder, CACHE));
  const read = folders.map(({ set, folder }) => {
    const { documents, problems } = readFolder(folder, cache);
    const entries = documents.map((document) => entryOf(document, set, relative(folder, document.file)));
    return { entries, problems };
  });
  cache.save();
  const entries = firstOfEach(read.flatMap((one) => one.entries));
  return {
    entries,
    documents: entries.map(({ document }) => document),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** A copy that somebody changed goes before the one it was made from. Twins in one file are for the engine to refuse. */
function firstOfEach(entries: readonly RuleEntry[]): readonly RuleEntry[] {
  const seen = new Map<string, string>();
  return entries.filter((entry) => {
    const { id, document } = entry;
    const file = seen.get(id) ?? document.file;
    seen.set(id, file);
    return isFilter(entry) || file === document.file;
  });
}
