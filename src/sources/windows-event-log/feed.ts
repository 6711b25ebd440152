/** What a reader of Windows' event log says, whichever program does the reading. */

/** Where to begin in a channel. `record`: with that one, should it still be there. `time`: ms since the epoch. */
export type Start = { readonly by: 'record'; readonly id: number } | { readonly by: 'time'; readonly since: number };

export type FeedItem =
  | { readonly kind: 'event'; readonly channel: string; readonly xml: string; readonly cut: boolean }
  /** All events up to now have been told. `newest`: number of the last record in the log; undefined where it has none. */
  | { readonly kind: 'caught-up'; readonly channel: string; readonly newest: number | undefined }
  | { readonly kind: 'fault'; readonly channel: string; readonly fault: ChannelFault; readonly reason: string }
  /** Something that is no word of ours was passed over. */
  | { readonly kind: 'garbage' };

export type ChannelFault = 'missing' | 'denied' | 'failed';

export interface FeedRequest {
  readonly channels: readonly string[];
  /** Asked before each reading: by the time of the second one we are further on. */
  readonly startOf: (channel: string) => Start;
}

export type Feed = AsyncGenerator<readonly FeedItem[], void>;

/** The query language of Windows' event log: a subset of XPath 1.0. */
export const xpathOf = (start: Start): string =>
  start.by === 'record'
    ? `*[System[EventRecordID>=${start.id}]]`
    : `*[System[TimeCreated[@SystemTime>='${new Date(start.since).toISOString()}']]]`;
