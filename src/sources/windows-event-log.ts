/**
 * Follows channels of Windows' event log: each record once and in order over restarts of ours, and what was deleted before it was read is
 * told. One PowerShell process reads all channels; where it cannot run, wevtutil is asked every few seconds.
 *
 *     marks ──▶ place a channel ──begin──▶ feed (PowerShell | wevtutil) ──▶ channel: new, gap, cleared ──▶ records
 *                     ▲                                                        │
 *                     └────────────────── another place: a new feed ◀──────────┘
 *
 * Invariants
 * - Record n covers [n, n + 1) in the stream `winlog:<channel>@<epoch>`. A cleared log whose numbers begin anew is a new epoch.
 * - Each record's stream tag holds its time: number and time together say that it is still the same record.
 * - An event that we cannot understand goes on as the XML it is; one without a number is counted, and its number is missing.
 */
import type { Mark, RawRecord, SourceTag } from '#contract';
import { type Channel, channelAt, type ChannelLoss, type Step } from './windows-event-log/channel.ts';
import { windowsEvent } from './windows-event-log/event-json.ts';
import type { ChannelFault, Feed, FeedItem } from './windows-event-log/feed.ts';
import { beginning, resumed, streamTag } from './windows-event-log/place.ts';
import { powershellFeed } from './windows-event-log/powershell.ts';
import { CannotRun, type Program } from './windows-event-log/program.ts';
import { POWERSHELL, WEVTUTIL } from './windows-event-log/read-events.ts';
import { wevtutilFeed } from './windows-event-log/wevtutil.ts';
import type { RecordStream } from './source.ts';

export type { ChannelFault } from './windows-event-log/feed.ts';

/** `unreadable`: an event whose XML is broken, kept as it is. `garbage`: output that is no event. */
export type WindowsLoss = ChannelLoss | { readonly kind: 'unreadable' | 'garbage' };

export interface WindowsEventLogOptions {
  readonly channels: readonly string[];
  /** Of one channel; always the same object. */
  readonly tagOf: (channel: string) => SourceTag;
  /** All marks of the store: those of other sources are passed over. */
  readonly known: readonly Mark[];
  /** ms that are read back at first sight. */
  readonly backfill: number;
  readonly now: () => number;
  /** `channel` is '' where it is not known. */
  readonly onLost: (channel: string, loss: WindowsLoss) => void;
  readonly onChannel: (channel: string, state: 'following' | ChannelFault, reason: string) => void;
  /** PowerShell cannot run, and wevtutil is asked instead. */
  readonly onFallback?: (reason: string) => void;
  readonly powershell?: Program;
  readonly wevtutil?: Program;
  /** ms between two questions to wevtutil. */
  readonly pause?: number;
}

const PAUSE = 5000;

/** Throws when neither program runs, or the reading one ends although nobody told it to. */
export async function* windowsEventLog(options: WindowsEventLogOptions, signal: AbortSignal): RecordStream {
  const { known, now, backfill } = options;
  const channels = new Map(
    options.channels.map((name) => [
      name,
      channelAt(name, resumed(known, name) ?? beginning(name, now(), backfill), now),
    ]),
  );
  let open = powershell;
  while (!signal.aborted) {
    try {
      yield* readOnce(open(options, channels, signal), channels, options, signal);
    } catch (error) {
      if (!(error instanceof CannotRun) || open === wevtutil) throw error;
      options.onFallback?.(error.message);
      open = wevtutil;
    }
  }
}

type Channels = ReadonlyMap<string, Channel>;
type Open = (options: WindowsEventLogOptions, channels: Channels, signal: AbortSignal) => Feed;

const requestOf = (channels: Channels) => ({
  channels: [...channels.keys()],
  startOf: (name: string) => channels.get(name)?.begin() ?? { by: 'record' as const, id: 0 },
});

const powershell: Open = (options, channels, signal) =>
  powershellFeed(options.powershell ?? { path: POWERSHELL.path }, requestOf(channels), signal);

const wevtutil: Open = (options, channels, signal) =>
  wevtutilFeed(
    options.wevtutil ?? { path: WEVTUTIL },
    { ...requestOf(channels), pause: options.pause ?? PAUSE },
    signal,
  );

/** Reads until a channel has to be read from another place. */
async function* readOnce(
  feed: Feed,
  channels: Channels,
  options: WindowsEventLogOptions,
  signal: AbortSignal,
): RecordStream {
  const states = new Map<string, string>();
  for await (const items of feed) {
    const records: RawRecord[] = [];
    let isElsewhere = false;
    for (const item of items) {
      tellState(item, states, options);
      const step = take(item, channels, options, records);
      isElsewhere = step === 'again';
      if (isElsewhere) break;
    }
    if (records.length > 0) yield records;
    if (isElsewhere || signal.aborted) return;
  }
}

function take(item: FeedItem, channels: Channels, options: WindowsEventLogOptions, records: RawRecord[]): Step['next'] {
  if (item.kind === 'garbage') options.onLost('', { kind: 'garbage' });
  if (item.kind === 'garbage' || item.kind === 'fault') return 'on';
  const channel = channels.get(item.channel);
  if (channel === undefined) return 'on';
  const event = item.kind === 'event' ? windowsEvent(item.xml) : undefined;
  if (item.kind === 'event' && event?.isReadable !== true) options.onLost(item.channel, { kind: 'unreadable' });
  if (item.kind === 'event' && event === undefined) return 'on';
  const step = event === undefined ? channel.caughtUp(newestOf(item)) : channel.event(event);
  if (step.loss !== undefined) options.onLost(item.channel, step.loss);
  if (step.isNew && event !== undefined) {
    const { place } = channel;
    records.push({
      source: options.tagOf(item.channel),
      received: options.now(),
      text: event.text,
      position: { stream: streamTag(place), from: event.id, to: event.id + 1 },
      ...(event.time < place.first ? { backfill: true } : {}),
      ...(item.kind === 'event' && item.cut ? { cut: true } : {}),
    });
  }
  return step.next;
}

const newestOf = (item: FeedItem): number | undefined => (item.kind === 'caught-up' ? item.newest : undefined);

function tellState(item: FeedItem, states: Map<string, string>, { onChannel }: WindowsEventLogOptions): void {
  if (item.kind === 'garbage') return;
  const state = item.kind === 'fault' ? item.fault : 'following';
  const reason = item.kind === 'fault' ? item.reason : '';
  if (states.get(item.channel) === `${state} ${reason}`) return;
  states.set(item.channel, `${state} ${reason}`);
  onChannel(item.channel, state, reason);
}
