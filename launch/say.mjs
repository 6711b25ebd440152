import process from 'node:process';

/** One line to the person who started us. */
export function say(line) {
  process.stderr.write(`porchlight: ${line}\n`);
}

/** An end that was foreseen: its message is the one line that is shown, without a stack. */
export class Stop extends Error {
  constructor(message, code = 1) {
    super(message);
    this.name = 'Stop';
    this.code = code;
  }
}
