/** What the writer process is told, and what it answers. */

/**
 * `rename`: the writer goes on in a new file at once. `gzip`: the same, and the file before it is compressed. `copytruncate` and
 * `recreate` (removed, and made anew: often with the same inode) lose what is unread by their nature, so they wait until nothing is.
 */
export type Rotation = 'rename' | 'gzip' | 'copytruncate' | 'recreate';

export interface WrittenFile {
  readonly path: string;
  /** Names of the streams in it. */
  readonly writers: readonly string[];
}

export interface Task {
  readonly seed: number;
  readonly files: readonly WrittenFile[];
}

export type Deed =
  /** Lines a second, of all files together. */
  | { readonly do: 'rate'; readonly lines: number }
  /** Nothing more is written to the file until `release`, and its last line is whole. */
  | { readonly do: 'hold'; readonly path: string }
  | { readonly do: 'release'; readonly path: string }
  /** So many lines at once. */
  | { readonly do: 'burst'; readonly path: string; readonly lines: number }
  | { readonly do: 'rotate'; readonly path: string; readonly how: Rotation }
  /** The highest number that is stored, by stream. */
  | { readonly do: 'stored'; readonly last: readonly (readonly [string, number])[] }
  | { readonly do: 'end' };

export type Order = Deed & { readonly order: number };

export interface Answer {
  readonly order: number;
  /** Lines begun so far, by stream. All are whole after `hold` and `end`. */
  readonly written: readonly (readonly [string, number])[];
  /** Files made anew that got the inode of the one they replaced. */
  readonly reused: number;
}

const isNumbered = (message: unknown): message is { readonly order: number } =>
  typeof message === 'object' && message !== null && 'order' in message && typeof message.order === 'number';

export const isOrder = (message: unknown): message is Order => isNumbered(message) && 'do' in message;
export const isAnswer = (message: unknown): message is Answer => isNumbered(message) && 'written' in message;
