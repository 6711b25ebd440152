/**
 * Records on their way to the parent, as lines of JSON on a pipe. One write at a time: what comes meanwhile is gathered and
 * goes with the next. When the parent does not read, the pipe fills, then this, and then `full` says that it is time to stop
 * listening to visitors. It holds HIGH characters and what open visits still add (a fixed number of records each).
 */
import type { Writable } from 'node:stream';

const HIGH = 256 * 1024;
const LOW = 64 * 1024;

export interface Outbox {
  send(record: object): void;
  /** Full, until it has drained below a quarter. */
  readonly full: boolean;
  /** Calls back once when all that was sent is with the parent. */
  flushed(done: () => void): void;
}

export function outbox(pipe: Writable, onFull: (full: boolean) => void): Outbox {
  let waiting: string[] = [];
  let size = 0;
  let writing = false;
  let full = false;
  let idle: (() => void) | undefined;

  function write(): void {
    if (waiting.length === 0) {
      writing = false;
      idle?.();
      return;
    }
    const text = waiting.join('');
    waiting = [];
    writing = true;
    pipe.write(text, () => {
      size -= text.length;
      if (full && size <= LOW) onFull((full = false));
      write();
    });
  }

  return {
    send(record) {
      const line = `${JSON.stringify(record)}\n`;
      waiting.push(line);
      size += line.length;
      if (!full && size > HIGH) onFull((full = true));
      if (!writing) {
        writing = true;
        // Records of one turn of the event loop travel together.
        setImmediate(write);
      }
    },
    get full() {
      return full;
    },
    flushed(done) {
      if (writing) idle = done;
      else done();
    },
  };
}
