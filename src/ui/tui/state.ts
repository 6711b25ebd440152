/**
 * What a frame is drawn from. `TopData` comes from a source and is replaced whole; `TopView` is what the reader did.
 * Nothing here knows a terminal.
 */
import type { Backup, Damage } from '#ui/model';
import type { AgentStatus, Level, ScoredSnapshot, SourceStatus, WireAlert, WireEvent } from '#contract';

/** A part of the picture, or in words why it is not there. A frame never invents one. */
export type Part<T> = { readonly value: T } | { readonly missing: string };

export const valueOf = <T>(part: Part<T>): T | undefined => ('value' in part ? part.value : undefined);

/** One past look. `null`: not known then. */
export interface Point {
  /** ms since the epoch. */
  readonly at: number;
  readonly score: number;
  /** Load average over one minute. */
  readonly load: number;
  /** 0 to 100. */
  readonly memory: number;
  readonly connections: number | null;
  /** Bytes a second. */
  readonly in: number | null;
  readonly out: number | null;
}

/** A level that is not asked for has no count. */
export type LevelCounts = Readonly<Partial<Record<Level, number>>>;

/** How many points a sparkline can show. */
export const HISTORY = 60;

export interface TopData {
  readonly host: string;
  readonly version: string;
  readonly snapshot: Part<ScoredSnapshot>;
  /** ms between two looks at the machine; 0: not known. */
  readonly every: number;
  /** The score of a day ago; null: none was taken then. */
  readonly yesterday: number | null;
  /** Oldest first, at most HISTORY. */
  readonly history: readonly Point[];
  /** Open alerts, worst first and then newest. */
  readonly alerts: Part<readonly WireAlert[]>;
  /** Open alerts by level; they may be more than `alerts` lists. */
  readonly levels: Part<LevelCounts>;
  /** Authentication events, newest first. */
  readonly authEvents: Part<readonly WireEvent[]>;
  readonly sources: Part<readonly SourceStatus[]>;
  /** Machines that send their logs to the server. */
  readonly agents: Part<readonly Pick<AgentStatus, 'name' | 'state' | 'always_on'>[]>;
  /** What is kept and cannot be read any more; absent where all is well, or nobody knows. */
  readonly damage?: Damage;
  readonly backup?: Backup;
  /** Events ever stored: two looks tell the rate. */
  readonly events: number | undefined;
}

/** `monitor`: there is no server, this process looks itself. */
export type Connection = 'live' | 'reconnecting' | 'monitor';

export const PANES = ['load', 'processes', 'network', 'auth', 'logins', 'alerts'] as const;
export type PaneName = (typeof PANES)[number];

/** What covers the six panes. An alert's own evidence and history come a moment after it was opened. */
export type Page =
  | { readonly kind: 'panes' }
  | { readonly kind: 'help' }
  | { readonly kind: 'pane' }
  | { readonly kind: 'alert'; readonly alert: WireAlert };

export interface TopView {
  /** Since when the picture stands still, ms; and how many alerts came since. */
  readonly paused: { readonly since: number; readonly waiting: number } | undefined;
  readonly focus: PaneName;
  readonly page: Page;
  /** First line of the focused pane or of the page. */
  readonly scroll: number;
  /** The alert under the bar: by its id, so that new ones do not move it; `at` is where it last stood. */
  readonly selected: { readonly id: string; readonly at: number } | undefined;
  readonly filter: { readonly text: string; readonly typing: boolean };
  /** Answer to the last key: 'Acknowledged.' */
  readonly notice: string;
}

export interface TopState extends TopData, TopView {
  /** ms since the epoch. */
  readonly now: number;
  /** IANA name; the machine's own when absent. */
  readonly zone?: string;
  readonly connection: Connection;
  /** Seconds between two looks. */
  readonly interval: number;
  /** Events a second over the last looks, where known. */
  readonly rate: number | undefined;
}

export const FIRST_VIEW: TopView = {
  paused: undefined,
  focus: 'alerts',
  page: { kind: 'panes' },
  scroll: 0,
  selected: undefined,
  filter: { text: '', typing: false },
  notice: '',
};

/** Before the first look came back. */
export function nothingYet(host: string, version: string): TopData {
  const missing = 'first look is on its way';
  return {
    host,
    version,
    snapshot: { missing },
    every: 0,
    yesterday: null,
    history: [],
    alerts: { missing },
    levels: { missing },
    authEvents: { missing },
    sources: { missing },
    agents: { missing },
    events: undefined,
  };
}
