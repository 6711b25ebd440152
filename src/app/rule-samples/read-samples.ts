/**
 * Golden samples of rules. Beside `NAME.yml` lies `NAME.samples`, a text file that lines are pasted into as a program
 * writes them: nothing in it is indented, quoted or escaped. Lines that begin with `== ` say what the others are.
 *
 *     # a remark, before the first sample
 *     == fires: 203.0.113.7 asked web for /.env
 *     == type nginx
 *     203.0.113.7 - - [28/Feb/2026:10:00:00 +0000] "GET /.env HTTP/1.1" 404 153 "-" "curl/8.5.0"
 *     == again 9
 *
 *     == quiet: a page like any other
 *     192.0.2.20 - - [28/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 153 "-" "Mozilla/5.0"
 *
 * `fires` may leave out what the alert says. `type`, `path` and `host` are what the source of the lines below would say of itself;
 * they hold until the sample ends. `again` repeats the line above. Every sample begins with empty windows.
 */
import type { SourceTag } from '#contract';

export interface SampleLine {
  /** Its line in the file, from 1. */
  readonly number: number;
  readonly text: string;
  /** One object a source: parsers remember what a source wrote before. */
  readonly source: SourceTag;
}

export interface Sample {
  /** The line of its heading. */
  readonly number: number;
  readonly expects: 'fires' | 'quiet';
  /** What the alert says, or why nothing may fire; may be empty. */
  readonly words: string;
  readonly lines: readonly SampleLine[];
}

export interface SampleFault {
  readonly number: number;
  readonly reason: string;
}

export interface SampleFile {
  readonly samples: readonly Sample[];
  readonly faults: readonly SampleFault[];
}

const HEADING = /^== (fires|quiet)(?:: *(.*))?$/s;
const SOURCE = /^== (type|path|host) +(\S.*)$/s;
const AGAIN = /^== again +(\d{1,5})$/;

const WHERE: SourceTag = { id: 'samples', agent: 'local', host: 'nas' };

interface Open extends Sample {
  readonly lines: SampleLine[];
}

class Reading {
  readonly samples: Open[] = [];
  readonly faults: SampleFault[] = [];
  #sources = new Map<string, SourceTag>();
  #source = WHERE;

  take(text: string, number: number): void {
    const sample = this.samples.at(-1);
    if (text.trim() === '' || (sample === undefined && text.startsWith('#'))) return;
    const [heading, expects, words = ''] = HEADING.exec(text) ?? [];
    if (heading !== undefined) {
      this.samples.push({ number, expects: expects === 'fires' ? 'fires' : 'quiet', words, lines: [] });
      this.#sources = new Map();
      this.#source = WHERE;
    } else if (sample === undefined) this.#fault(number, 'a line before the first "== fires" or "== quiet"');
    else if (text.startsWith('== ')) this.#direct(sample, text, number);
    else sample.lines.push({ number, text, source: this.#source });
  }

  #direct(sample: Open, text: string, number: number): void {
    const [, key, value = ''] = SOURCE.exec(text) ?? [];
    const [, again] = AGAIN.exec(text) ?? [];
    const last = sample.lines.at(-1);
    if (key !== undefined) this.#from({ ...this.#source, [key]: value.trim() });
    else if (again === undefined)
      this.#fault(number, `"${text}" is not understood; it is fires, quiet, type, path, host or again`);
    else if (last === undefined) this.#fault(number, '"== again" has no line above it');
    else for (let times = Number(again); times > 0; times--) sample.lines.push(last);
  }

  #from(wanted: SourceTag): void {
    const key = JSON.stringify(wanted);
    this.#source = this.#sources.get(key) ?? wanted;
    this.#sources.set(key, this.#source);
  }

  #fault(number: number, reason: string): void {
    this.faults.push({ number, reason });
  }
}

export function readSamples(text: string): SampleFile {
  const reading = new Reading();
  text.split(/\r?\n/).forEach((line, index) => reading.take(line, index + 1));
  const empty = reading.samples.filter(({ lines }) => lines.length === 0);
  return {
    samples: reading.samples,
    faults: [...reading.faults, ...empty.map(({ number }) => ({ number, reason: 'a sample without lines' }))],
  };
}
