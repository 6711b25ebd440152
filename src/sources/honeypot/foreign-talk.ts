import { type ForeignProtocol, GUESS_BYTES, guessProtocol } from './guess-protocol.ts';
import type { LoginRecord } from './login-record.ts';
import { typedText } from './typed-text.ts';

/** Of one visitor who speaks something else: records, and bytes in each. */
export const FOREIGN_RECORDS = 8;
export const FOREIGN_BYTES = 1024;

export interface ForeignTalk {
  hear(bytes: Buffer): void;
  /** No more will be heard. */
  end(): void;
  /** The records to tell in place of those that the login prompt made; the same ones while the visitor speaks telnet. */
  instead(records: readonly LoginRecord[]): readonly LoginRecord[];
}

/** Visitors who speak another protocol get the same answers, but what they sent is kept as input, not as names and passwords. */
export function foreignTalk(): ForeignTalk {
  let first = Buffer.alloc(0);
  let protocol: ForeignProtocol | undefined;
  let heard = Buffer.alloc(0);
  let given = 0;
  let cut = false;
  let ended = false;

  function hear(bytes: Buffer): void {
    if (protocol === undefined && first.length < GUESS_BYTES) {
      first = Buffer.concat([first, bytes.subarray(0, GUESS_BYTES - first.length)]);
      protocol = guessProtocol(first);
    }
    const room = FOREIGN_RECORDS * FOREIGN_BYTES - heard.length;
    cut ||= bytes.length > room;
    if (protocol !== undefined || first.length < GUESS_BYTES) heard = Buffer.concat([heard, bytes.subarray(0, room)]);
  }

  return {
    hear,
    end() {
      ended = true;
    },
    instead(records) {
      if (protocol === undefined) return records;
      const inputs: LoginRecord[] = [];
      // The last record waits for the end, so that a visitor who drips bytes cannot make more of them.
      while (heard.length > 0 && (ended ? given < FOREIGN_RECORDS : given < FOREIGN_RECORDS - 1)) {
        const piece = heard.subarray(0, FOREIGN_BYTES);
        heard = heard.subarray(piece.length);
        given++;
        const last = given === FOREIGN_RECORDS;
        inputs.push({ kind: 'input', text: typedText(piece), cut: last && (cut || heard.length > 0), protocol });
      }
      return inputs;
    },
  };
}
