/** Runs an event through the rules of its log source, and what they matched through the correlations that refer to them. */
import type { Event } from '#contract';
import type { Link, Network } from './correlate/network.ts';
import type { Resumed, Windows } from './correlate/windows.ts';
import { cover } from './engine/cover.ts';
import { Program } from './engine/program.ts';
import { index, type LogSource } from './logsource.ts';
import type { Located, Match, RuleFace } from './match.ts';
import type { Expression } from './sigma/expression.ts';
import type { EventTest } from './sigma/straight.ts';

export interface DetectionRule {
  readonly face: RuleFace;
  readonly source: LogSource;
  readonly expression: Expression;
  /** Only events that this test accepts add to the count. */
  readonly counts: EventTest | undefined;
  readonly alerts: boolean;
  readonly links: readonly Link[];
}

export interface Detection {
  readonly matches: readonly Match[];
  /** The event took part in a correlation: a restart must run it again to rebuild the windows. */
  readonly hit: boolean;
}

export interface Detector {
  detect(located: Located): Detection;
  /** What correlations dropped, by reason, since the start. */
  dropped(): Readonly<Record<string, number>>;
  /** How many rules were evaluated for the last event; the others had no chance. */
  looked(): number;
  /** The windows of all correlations, for the detector that takes this one's place; it must not see another event. */
  handover(): Windows;
  /** Goes on with the windows of an earlier detector, before the first event. Correlations that changed start empty. */
  resume(windows: Windows): Resumed;
}

const NOTHING: Detection = { matches: [], hit: false };
const NO_VALUES: Readonly<Record<string, string>> = {};

/** Loggers fold repeats into one line ("message repeated 5 times"). */
const MAX_REPEAT = 1000;
function repeats(event: Event): number {
  const repeat = event['porchlight.repeat'];
  return typeof repeat === 'number' && repeat >= 1 ? Math.min(Math.floor(repeat), MAX_REPEAT) : 1;
}

/** Rules of one selection of log sources, and the program that finds those that match. */
interface Compiled {
  readonly rules: readonly DetectionRule[];
  readonly program: Program;
}

function compiled(rules: readonly Coverable[]): Compiled {
  return { rules, program: new Program(rules) };
}

interface Coverable extends DetectionRule {
  readonly cover: () => ReturnType<typeof cover>;
}

/** A rule may be in several programs: what it needs is found out once. */
function coverable(rule: DetectionRule): Coverable {
  let found: { readonly cover: ReturnType<typeof cover> } | undefined;
  return { ...rule, cover: () => (found ??= { cover: cover(rule.expression) }).cover };
}

type Correlations = Pick<Network<never>, 'feed' | 'dropped' | 'handover' | 'resume'>;

interface Found {
  readonly matches: Match[];
  hit: boolean;
}

function take(rule: DetectionRule, located: Located, found: Found, feed: Correlations['feed']): void {
  const { event } = located;
  const weight = repeats(event);
  const count = rule.counts === undefined || rule.counts(event) ? weight : 0;
  if (rule.alerts)
    found.matches.push({ rule: rule.face, event: located, evidence: [located], count, values: NO_VALUES });
  if (rule.links.length > 0 && feed(rule.links, located, weight, count, found.matches)) found.hit = true;
}

export function detector(rules: readonly DetectionRule[], { feed, dropped, handover, resume }: Correlations): Detector {
  const byLogSource = index(rules.map(coverable), compiled);
  let looked = 0;
  return {
    looked: () => looked,
    detect(located) {
      let found: Found | undefined;
      looked = 0;
      for (const { rules: all, program } of byLogSource.programsFor(located.event)) {
        for (const matched of program.run(located.event)) {
          const rule = all[matched];
          if (rule === undefined) continue;
          found ??= { matches: [], hit: false };
          take(rule, located, found, feed);
        }
        looked += program.looked;
      }
      return found ?? NOTHING;
    },
    dropped,
    handover,
    resume,
  };
}
