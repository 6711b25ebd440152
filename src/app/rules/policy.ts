/**
 * What the house makes of a rule: whether it runs, at which level, and whether its matches raise alerts or are only noted on the
 * event. Our own pack always alerts as it says; a rule that says `porchlight: {alert: …}` decides that itself.
 */
import { type Level, levelRank, RULE_STATUSES, type RuleStatus } from '#contract';
import type { RuleEntry } from './entry.ts';
import type { RulePolicy } from './places.ts';
import type { Switches } from './switches.ts';

/** The set of our own pack. */
export const OWN_SET = 'porchlight';

export interface Verdict {
  readonly runs: boolean;
  readonly level: Level;
  /** False: matches are only noted on the event. */
  readonly alerts: boolean;
  /** Why it does not run, or does not alert; '' where it does both. */
  readonly reason: string;
}

export interface Judge {
  judge(entry: RuleEntry): Verdict;
  /** Selectors of the configuration that fitted none of the judged rules. */
  unused(): readonly string[];
}

type Fits = (entry: RuleEntry) => boolean;

/** `windows/*` also finds what lies in deeper folders; without a wildcard a path, its last parts, or a folder. */
function fileFits(wanted: string): Fits {
  const words = wanted.replaceAll('\\', '/').replace(/^\.?\//, '');
  const pattern = words
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
    .join('.*');
  const expression = new RegExp(`(?:^|/)${pattern}(?:$|/)`, 'i');
  return ({ path, document: { file } }) => expression.test(path) || file === wanted;
}

function fitsOf(selector: string): Fits {
  const [, kind, rest = ''] = /^(tag|file|set|id):\s*(.*)$/s.exec(selector) ?? [];
  const wanted = rest.trim();
  const lower = wanted.toLowerCase();
  switch (kind) {
    case 'tag':
      // A technique includes its sub-techniques: attack.t1059 fits attack.t1059.001.
      return ({ tags }) => tags.some((tag) => tag.toLowerCase() === lower || tag.toLowerCase().startsWith(`${lower}.`));
    case 'file':
      return fileFits(wanted);
    case 'set':
      return ({ set }) => set.toLowerCase() === lower;
    case 'id':
      return ({ id }) => id.toLowerCase() === lower;
    default:
      return ({ id }) => id.toLowerCase() === selector.toLowerCase();
  }
}

/** What names one rule goes before what names many. */
const isNarrow = (selector: string): boolean => !/^(?:tag|file|set):/.test(selector);

const statusRank = (status: RuleStatus | null): number => RULE_STATUSES.indexOf(status ?? 'test');

export function judge(policy: RulePolicy, switches: Switches): Judge {
  const disabled = policy.disable.map((selector) => ({ selector, fits: fitsOf(selector) }));
  const levels = Object.entries(policy.levels)
    .map(([selector, level]) => ({ selector, level, fits: fitsOf(selector) }))
    .toSorted((left, right) => Number(isNarrow(right.selector)) - Number(isNarrow(left.selector)));
  const used = new Set<string>();

  /** The first one that fits. Every one that fits is used, whichever comes first. */
  function first<T extends { readonly selector: string; readonly fits: Fits }>(all: readonly T[], entry: RuleEntry) {
    const fitting = all.filter(({ fits }) => fits(entry));
    for (const { selector } of fitting) used.add(selector);
    return fitting[0];
  }

  /** A level that was given to this very rule means that somebody wants to hear of it, however young it is. */
  function loudness(entry: RuleEntry, level: Level, chosen: boolean): Pick<Verdict, 'alerts' | 'reason'> {
    if (entry.set === OWN_SET || entry.speaks !== undefined) return { alerts: true, reason: '' };
    const { alerts: from } = policy;
    if (levelRank(level) < levelRank(from.level))
      return { alerts: false, reason: `noted only: level ${level} is under ${from.level}` };
    if (!chosen && statusRank(entry.status) < statusRank(from.status))
      return { alerts: false, reason: `noted only: status ${entry.status ?? 'test'} is under ${from.status}` };
    return { alerts: true, reason: '' };
  }

  return {
    judge(entry) {
      const given = first(levels, entry);
      const level = given?.level ?? entry.level;
      const off = first(disabled, entry);
      const switched = switches.get(entry.id);
      if (switched === 'off') return { runs: false, level, alerts: false, reason: 'switched off by hand' };
      if (off !== undefined && switched !== 'on')
        return { runs: false, level, alerts: false, reason: `switched off by rules.disable: ${off.selector}` };
      const chosen = given !== undefined && isNarrow(given.selector);
      return { runs: true, level, ...loudness(entry, level, chosen) };
    },
    unused: () => [...policy.disable, ...Object.keys(policy.levels)].filter((selector) => !used.has(selector)),
  };
}
