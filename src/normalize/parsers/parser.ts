/**
 * What a parser is: one program's lines → ECS fields. It says what it recognises, and shared code finds it by that; it sees
 * the message after the envelope (time, host, program, pid) and a stamp of the message's own were taken off, and says only
 * what the message says.
 *
 * The text is the attacker's: user names, key comments and paths hold spaces, ` from 192.0.2.1 port 22` and anything else.
 * A parser therefore fixes its ends first (a prefix, and the part that the program itself writes last) and takes what is
 * in between whole. It never searches a whole line with an unanchored regular expression that can begin anywhere and
 * fail late: that takes the square of the length.
 */
import type { Fields, FieldValue } from '#contract';
import type { Memory } from '../memory.ts';
import type { Clock } from '../timestamp.ts';

/**
 * Some names mean more than a field: `@timestamp` (ms) is when it happened, for a stamp that the parser had to find itself;
 * null takes away what an alias had guessed from a record's own names.
 */
export type Parsed = Readonly<Record<string, FieldValue>>;
/** A result while a parser builds it: only names that the parser itself writes, never one from the log. */
export type Draft = Record<string, FieldValue>;

/** What is known of a line besides its message. */
export interface Line {
  /** The tag, as it was written; undefined where the line names no program. */
  readonly program: string | undefined;
  readonly pid: number | undefined;
  readonly host: string | undefined;
  /** ms; from the envelope, else from the stamp at the message's head. */
  readonly time: number | undefined;
  /** The whole message, with its own stamp and what stood in front of that. */
  readonly message: string;
  /** For `readStamp`, where a stamp stands elsewhere in the message. */
  readonly clock: Clock;
  readonly memory: Memory;
}

/**
 * What a message without a program's name must hold to be read by this parser. Texts are compared exactly, by case. One of
 * them, the longest, finds the signature; so it must not be one that most lines hold. Text that anybody can bring into other
 * programs' lines (a URL, a user agent, a name) proves nothing: use `starts` or `test` to tie the signature to its place.
 */
export interface Signature {
  /** How the message begins, its own stamp taken off. */
  readonly starts?: string;
  /** What stands in it somewhere. */
  readonly has?: readonly string[];
  /** The last word, asked only where the texts are there. Anchored, linear. */
  readonly test?: RegExp;
  /** The same as `test`, for a parser that keeps what it found there for its own reading. */
  readonly fits?: (message: string) => boolean;
}

/** What a record (JSON, logfmt) must hold. Names as they are after flattening: `request.remote_ip`. */
export interface RecordSignature {
  /** The most telling name first: it finds the signature. */
  readonly keys: readonly string[];
  readonly values?: Readonly<Record<string, string | number | boolean | RegExp>>;
}

export interface Parser {
  /** The name it goes by in `parse --explain`, and that of its golden folder. */
  readonly name: string;
  /**
   * Program names as they stand in the tag, in lower case. `postfix/` stands for every program of that family. The first is
   * `process.name` where a line that names no program is recognised. Empty: a format that many programs write.
   */
  readonly programs: readonly string[];
  /** Further names of a declared type; its own name and its programs are such names anyway. */
  readonly types?: readonly string[] | undefined;
  /** Pieces of a file's path, in lower case: `/nginx/`, `vsftpd.log`. The longest that fits wins. */
  readonly paths?: readonly string[] | undefined;
  readonly signatures?: readonly Signature[] | undefined;
  readonly records?: readonly RecordSignature[] | undefined;
  /**
   * In syslog and in the journal it always stands under its own name: the same words under another's are a forgery. So its
   * signatures are only for messages that name no program at all.
   */
  readonly namesItself?: boolean | undefined;
  /** `event.dataset` where the file itself does not decide it. */
  readonly dataset: string;
  /**
   * Sigma log source: `labels.product` (linux where absent), `labels.service`, `labels.category`. A daemon that Sigma's rules for
   * `service: syslog` look at has both: `['named', 'syslog']`.
   */
  readonly product?: string | readonly string[] | undefined;
  readonly service: string | readonly string[];
  readonly category?: string | readonly string[] | undefined;
  /** `service.type` of what it reads, unless it sets that itself. */
  readonly serviceType?: string | undefined;
  /** undefined for a message it does not know: another parser may be asked, and at last the event keeps its text. */
  readonly parse?: ((message: string, line: Line) => Parsed | undefined) | undefined;
  /** The same for a record of names and values. */
  readonly read?: ((record: Fields, line: Line) => Parsed | undefined) | undefined;
  /** Names at the top of a record of which one is in every record that `take` takes. */
  readonly takes?: readonly string[] | undefined;
  /**
   * For a format with an envelope and a nesting of its own: says all that there is to say of a record as it was sent, labels and `host.name`
   * included. Asked of every record first, so what is not its own must be told by a look-up or two. `count` hears what was cut.
   */
  readonly take?:
    | ((record: Readonly<Record<string, unknown>>, clock: Clock, count: (reason: string) => void) => Taken | undefined)
    | undefined;
}

/** What a parser says that took a record whole: when it happened, ms, and the fields, for an event that has its time and no more. */
export interface Taken {
  readonly lay: (event: Fields) => void;
  readonly time: number | undefined;
}
