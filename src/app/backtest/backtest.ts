/**
 * The rule time machine: what a rule would have said of the events that are stored, through the engine and the folding that living events go
 * through. Nothing is written: the alerts are made up here and thrown away.
 *
 * Events come in the order in which they were stored, as they did then; windows of correlations begin empty.
 */
import { folder, type Push, route } from '#alerts';
import type { Alert, AlertChange, Event, EventId, Level, RuleDocument, RuleProblem } from '#contract';
import { compile, type Match } from '#detect';
import { idOf, rulesetOf } from '../hunt/ruleset.ts';

export interface Stored {
  readonly id: EventId;
  readonly event: Event;
}

export interface BacktestOptions {
  /** All rules at hand: what a correlation refers to is found among them. */
  readonly documents: readonly RuleDocument[];
  /** Ids of the rules that are tried. */
  readonly rules: readonly string[];
  /** Those whose matches raise alerts, in this house. */
  readonly alerting: ReadonlySet<string>;
  readonly placeholders: Readonly<Record<string, readonly string[]>>;
  /** Alerts of this level and higher are pushed. */
  readonly notifyLevel: Level;
  /** The day of a time, as people here count them. */
  readonly dayOf: (time: number) => string;
  /** The newest so many are kept as samples. */
  readonly samples: number;
}

export interface Backtest {
  /** Rules that could be compiled. */
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
  /** It cannot fire here, or a part of it has no effect. */
  readonly remarks: readonly RuleProblem[];
  look(events: readonly Stored[]): void;
  result(): BacktestResult;
}

export interface BacktestResult {
  /** Events that were looked at. */
  readonly events: number;
  readonly hits: number;
  /** Hits by day, oldest first; days without any are left out. */
  readonly days: ReadonlyMap<string, number>;
  /** Newest last. */
  readonly samples: readonly Stored[];
  /** Alerts that the hits would have folded into. */
  readonly opened: number;
  /** The first of them, in the order they opened. */
  readonly alerts: readonly Alert[];
  /** Messages that would have been sent, to each channel. */
  readonly pushed: number;
  /** The first of them. */
  readonly pushes: readonly Push[];
}

/** Alerts and messages that are kept whole: a rule that fires on everything must not fill the memory. */
const MOST = 1000;

export function backtest(options: BacktestOptions): Backtest {
  const { isWanted, documents } = chosen(options);
  const { detector, rules, problems, remarks } = compile(documents, undefined, options.placeholders);
  const alerts = new Map<string, Alert>();
  const days = new Map<string, number>();
  const pushes: Push[] = [];
  const folding = folder({ alerts: [], lastAlertId: 0 });
  let samples: Stored[] = [];
  let events = 0;
  let hits = 0;
  let opened = 0;
  let pushed = 0;

  function take(matches: readonly Match[]): void {
    for (const { event } of matches) {
      hits++;
      const day = options.dayOf(Math.min(event.event['@timestamp'], event.event['event.ingested']));
      days.set(day, (days.get(day) ?? 0) + 1);
      samples.push(event);
    }
    samples = samples.slice(-options.samples);
    const told = matches.filter(({ rule }) => options.alerting.has(rule.id));
    if (told.length > 0) folding.fold(told, { historic: false });
  }

  function tell(changes: readonly AlertChange[]): void {
    for (const { alert, before } of changes) {
      if (before === undefined) opened++;
      if (alerts.has(alert.id) || alerts.size < MOST) alerts.set(alert.id, alert);
    }
    const messages = route(changes, { level: options.notifyLevel });
    pushed += messages.length;
    pushes.push(...messages.slice(0, MOST - pushes.length));
  }

  return {
    rules: rules.filter(isWanted).length,
    problems,
    remarks,
    look(page) {
      for (const located of page) {
        const matches = detector.detect(located).matches.filter(({ rule }) => isWanted(rule));
        if (matches.length > 0) take(matches);
      }
      events += page.length;
      tell(folding.take());
    },
    result: () => ({
      events,
      hits,
      days: new Map([...days].toSorted(([one], [other]) => (one < other ? -1 : 1))),
      samples,
      opened,
      alerts: [...alerts.values()],
      pushed,
      pushes,
    }),
  };
}

interface Chosen {
  readonly isWanted: (rule: { readonly id: string }) => boolean;
  readonly documents: readonly RuleDocument[];
}

/** The rules that are tried, by their ids, and what a correlation among them refers to. A rule may have nothing but a title to go by. */
function chosen({ documents, rules }: BacktestOptions): Chosen {
  const ids = new Set(rules);
  const tried = documents.filter((document) => ids.has(idOf(document)));
  const { rules: parts, correlations } = rulesetOf(documents, {
    level: undefined,
    rules: [...rules, ...tried.map(titleOf)],
    tags: [],
  });
  return { isWanted: ({ id }) => ids.has(id), documents: [...new Set([...tried, ...parts, ...correlations])] };
}

/** What is no mapping is refused by the engine, which says why. */
const titleOf = ({ content }: RuleDocument): string =>
  typeof content === 'object' && content !== null && 'title' in content ? String(content.title) : '';
