/**
 * JSON values one after the other, over any number of lines, or in arrays → the bytes of each record.
 *
 *     {"a":1}{"a":2}      [ {"a":1},      {            pretty-printed, as evtx_dump, jq and most exports write
 *     {"a":3}               {"a":2} ]       "a": 1
 *                                         }
 *
 * The bytes are only cut here: what a record holds is parsed by whoever takes it. A record is an object at the top, or in an array at the
 * top. Commas, blanks, array brackets, record separators (RFC 7464) and the lines `Record 7` that evtx_dump writes between records are passed over.
 *
 * Damage. A line end inside a string, an object where a name must stand or as far left as the record itself, a bracket that closes something else, or an end that never
 * comes: the record is given up, and the next one begins at the next line that opens an object at the same indentation. So one damaged record
 * of a pretty-printed file costs that record alone.
 */
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const LF = 10;
const CR = 13;
const OPEN = 123;
const CLOSE = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;

/** What a byte between records may be besides brackets: blanks, a comma, a record separator, a byte order mark, zeros that a power cut left. */
const BETWEEN = new Uint8Array(256);
for (const byte of [0, 9, 10, 13, 32, COMMA, 0x1e, 0xef, 0xbb, 0xbf]) BETWEEN[byte] = 1;

/** Bytes that mean something outside of strings. */
const STRUCTURE = new Uint8Array(256);
for (const byte of [QUOTE, COMMA, COLON, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST]) STRUCTURE[byte] = 1;

/** What evtx_dump writes before each record; a number and a line end follow. */
const LABEL = Buffer.from('Record ', 'latin1');

const MAX_DEPTH = 256;
/** Bytes of one record: an export may be one object around a day's events. */
const MAX_RECORD = 64 * 1024 * 1024;
/** It grows with what comes: evidence may be thousands of small files. */
const FIRST_SIZE = 32 * 1024;

export interface JsonDamage {
  /** 1-based: which record of the content it would have been. */
  readonly record: number;
  readonly reason: string;
}

export interface JsonPiece {
  /** Own memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each record begins and ends in `bytes`. */
  readonly spans: Uint32Array<ArrayBuffer>;
  /** The number of each record, 1-based. */
  readonly numbers: Uint32Array<ArrayBuffer>;
  readonly damage: readonly JsonDamage[];
}

const enough = 512 * 1024;

export class JsonCutter {
  #bytes = new Uint8Array(FIRST_SIZE);
  #filled = 0;
  /** What was looked at. */
  #at = 0;
  /** Ends of the records that are whole. */
  #spans: number[] = [];
  #numbers: number[] = [];
  #damage: JsonDamage[] = [];
  #records = 0;
  /** Begin of the record that is open, -1 between records. */
  #begin = -1;
  /** Containers that are open in the record: OPEN or OPEN_LIST. */
  readonly #stack = new Uint8Array(MAX_DEPTH);
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The last byte with a meaning. */
  #last = 0;
  /** The line's begin, as far as it is blank; what follows has another indentation. */
  #indent = 0;
  #isIndenting = true;
  /** The indentation that a record after damage must have; -1: nothing is looked for. */
  #wanted = -1;
  #recordIndent = 0;
  /** How much of LABEL has been seen. */
  #label = 0;

  /** The chunk may be reused afterwards. Gives a piece where enough has come together. */
  push(chunk: Uint8Array): JsonPiece | undefined {
    this.#reserve(chunk.length);
    this.#bytes.set(chunk, this.#filled);
    this.#filled += chunk.length;
    this.#scan();
    if (this.#begin >= 0 && this.#filled - this.#begin > MAX_RECORD) {
      this.#giveUp(`is longer than ${MAX_RECORD / 1024 / 1024} MiB`);
      this.#at = this.#filled;
    }
    return (this.#spans.at(-1) ?? 0) >= enough || this.#damage.length > 0 ? this.#take() : this.#drop();
  }

  /** No more will come. */
  end(): JsonPiece | undefined {
    if (this.#begin >= 0) this.#giveUp('breaks off');
    return this.#spans.length > 0 || this.#damage.length > 0 ? this.#take() : undefined;
  }

  #reserve(more: number): void {
    const size = this.#filled + more;
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#filled));
    this.#bytes = larger;
  }

  #take(): JsonPiece {
    const end = this.#spans.at(-1) ?? 0;
    const piece = {
      bytes: this.#bytes.slice(0, end),
      spans: Uint32Array.from(this.#spans),
      numbers: Uint32Array.from(this.#numbers),
      damage: this.#damage,
    };
    this.#spans = [];
    this.#numbers = [];
    this.#damage = [];
    this.#shift(this.#begin < 0 ? this.#at : Math.max(end, this.#begin));
    return piece;
  }

  /** Lets go of bytes between records, so that a gigabyte of blanks is not kept. */
  #drop(): undefined {
    if (this.#spans.length === 0 && this.#begin !== 0) this.#shift(this.#begin < 0 ? this.#at : this.#begin);
    return undefined;
  }

  #shift(by: number): void {
    if (by === 0) return;
    this.#bytes.copyWithin(0, by, this.#filled);
    this.#filled -= by;
    this.#at -= by;
    if (this.#begin >= 0) this.#begin -= by;
  }

  #giveUp(reason: string): void {
    this.#damage.push({ record: ++this.#records, reason });
    this.#wanted = this.#recordIndent;
    this.#begin = -1;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
  }

  #scan(): void {
    while (this.#at < this.#filled) {
      if (this.#begin < 0) this.#between();
      else if (this.#inString) this.#string();
      else this.#inside();
    }
  }

  /** Blanks at the begin of a line are its indentation. */
  #indentation(byte: number): void {
    if (byte === LF) {
      this.#indent = 0;
      this.#isIndenting = true;
    } else if (this.#isIndenting && (byte === 32 || byte === 9)) this.#indent++;
    else this.#isIndenting = false;
  }

  #between(): void {
    const bytes = this.#bytes;
    for (; this.#at < this.#filled; this.#at++) {
      const byte = bytes[this.#at] ?? 0;
      const isFirst = this.#isIndenting;
      this.#indentation(byte);
      if (byte === OPEN && (this.#wanted < 0 || (isFirst && this.#indent === this.#wanted))) {
        this.#open();
        return;
      }
      if (this.#wanted >= 0 || this.#isLabel(byte, isFirst)) continue;
      if (BETWEEN[byte] === 1 || byte === OPEN_LIST || byte === CLOSE_LIST) continue;
      this.#recordIndent = this.#indent;
      this.#giveUp('is no JSON object');
    }
  }

  /** The byte goes on with a label, or ends it. */
  #isLabel(byte: number, isFirst: boolean): boolean {
    const seen = this.#label;
    if (seen === 0 && !isFirst) return false;
    const isDigit = byte >= 48 && byte <= 57;
    if (seen === LABEL.length) {
      if (!isDigit) this.#label = 0;
      return isDigit || byte === LF || byte === CR;
    }
    this.#label = byte === LABEL[seen] ? seen + 1 : 0;
    return this.#label > 0;
  }

  #open(): void {
    this.#begin = this.#at++;
    this.#recordIndent = this.#indent;
    this.#wanted = -1;
    this.#stack[0] = OPEN;
    this.#depth = 1;
    this.#last = OPEN;
  }

  #string(): void {
    const bytes = this.#bytes;
    const filled = this.#filled;
    let at = this.#at;
    if (this.#escaped) {
      this.#escaped = false;
      at++;
    }
    for (; at < filled; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#inString = false;
        at++;
        break;
      }
      if (byte === BACKSLASH) at++;
      else if (byte === LF) {
        this.#at = at;
        this.#giveUp('has a line end inside a text');
        return;
      }
    }
    // The chunk ended behind a backslash.
    if (at > filled) {
      this.#escaped = true;
      at = filled;
    }
    this.#at = at;
  }

  #inside(): void {
    const bytes = this.#bytes;
    const filled = this.#filled;
    let at = this.#at;
    for (; at < filled; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === LF || this.#isIndenting) this.#indentation(byte);
      if (STRUCTURE[byte] === 0) continue;
      this.#at = at;
      if (!this.#structure(byte)) return;
      if (this.#begin < 0 || this.#inString) {
        this.#at = at + 1;
        return;
      }
    }
    this.#at = at;
  }

  /** False where the record was given up: the byte is looked at again, it may begin the next one. */
  #structure(byte: number): boolean {
    const before = this.#last;
    this.#last = byte;
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN || byte === OPEN_LIST) return this.#nest(byte, before);
    else if (byte === CLOSE || byte === CLOSE_LIST) return this.#close(byte);
    return true;
  }

  #nest(byte: number, before: number): boolean {
    const isNamed = (this.#stack[this.#depth - 1] === OPEN_LIST || before === COLON) && !this.#isNext(byte);
    if (isNamed && this.#depth < MAX_DEPTH) {
      this.#stack[this.#depth++] = byte;
      return true;
    }
    this.#giveUp(isNamed ? 'is nested too deeply' : 'is not finished when the next one begins');
    // What the line began with was seen already.
    this.#isIndenting = this.#isLineStart();
    return false;
  }

  /** A line that opens an object as far left as the record, where what is in the record stands further right, is another record. */
  #isNext(byte: number): boolean {
    if (byte !== OPEN || this.#indent !== this.#recordIndent || !this.#isLineStart()) return false;
    let at = this.#begin + 1;
    while (this.#bytes[at] === CR || this.#bytes[at] === LF) at++;
    const line = at;
    while (this.#bytes[at] === 32 || this.#bytes[at] === 9) at++;
    return line > this.#begin + 1 && at - line > this.#recordIndent;
  }

  #isLineStart(): boolean {
    let at = this.#at - 1;
    while (at >= 0 && (this.#bytes[at] === 32 || this.#bytes[at] === 9)) at--;
    return at < 0 || this.#bytes[at] === LF;
  }

  #close(byte: number): boolean {
    const open = this.#stack[this.#depth - 1];
    if ((open === OPEN) !== (byte === CLOSE)) {
      this.#giveUp('closes what is not open');
      return false;
    }
    if (--this.#depth > 0) return true;
    this.#spans.push(this.#begin, this.#at + 1);
    this.#numbers.push(++this.#records);
    this.#begin = -1;
    return true;
  }
}
