import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { CodedError, type FieldValue, type RawRecord, type SourceTag, toWire } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { explain, normalize, type NormalizeContext } from '#normalize';
import { type Command, type Context, text } from '../command.ts';
import { contentOf, headOf, sourceOf } from '../import/content.ts';
import { entriesOf, WINDOWS_TYPE } from '../import/entries.ts';
import { isWindowsLog } from '../import/kind.ts';

const INCOMPLETE = 1;

export const parse: Command = {
  name: 'parse',
  summary:
    'Raw lines in (files or standard input), or event logs of Windows; one flat JSON event a line out, in the same order.',
  args: '[FILE…]',
  options: {
    type: {
      type: 'string',
      value: 'TYPE',
      help: 'What the lines are (nginx, sshd, syslog, json …), where they do not say themselves.',
    },
    explain: {
      type: 'string',
      value: 'LINE',
      help: 'Say how one line is understood: its envelope, its parser, its fields, and why no other parser.',
    },
    json: { type: 'boolean', help: 'With --explain: as JSON.' },
    timezone: { type: 'string', value: 'ZONE', help: 'IANA zone of stamps without one. Default: this machine’s.' },
  },
  examples: [
    'porchlight parse /var/log/auth.log',
    'porchlight parse Security.evtx',
    'docker logs vaultwarden 2>&1 | porchlight parse --type vaultwarden',
    "porchlight parse --explain 'Nov 30 11:25:10 nas sshd[7]: Failed password for root from 203.0.113.7 port 51332 ssh2'",
  ],
  exits: { [INCOMPLETE]: 'parts of an event log of Windows are damaged or in doubt; they are named' },
  async run(context, values, positionals) {
    const type = text(values, 'type');
    const normalizing: NormalizeContext = {
      timezone: text(values, 'timezone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      historic: true,
      count: () => undefined,
    };
    const line = text(values, 'explain');
    if (line !== undefined) {
      const [path] = positionals;
      const explained = explain(record(line, tagOf(type, path)), normalizing);
      context.out(`${values['json'] === true ? printableJson(explained ?? {}, 2) : inWords(explained)}\n`);
      return 0;
    }
    if (positionals.length === 0 && context.stdinIsTerminal) {
      throw new CodedError('USAGE', 'porchlight parse: name a file, or send lines to standard input');
    }
    let place = 0;
    let damaged = false;
    for (const path of positionals.length === 0 ? [undefined] : positionals) {
      const input = await inputOf(context, path, (damage) => {
        context.err(`${printable(`${path}: ${damage}`)}\n`);
        damaged = true;
      });
      const tag = tagOf(type ?? input.type, path);
      for await (const one of input.texts) {
        const event = normalize(record(one, tag), normalizing);
        context.out(`${event === undefined ? '{}' : printableJson(toWire(event, `0-${place}`))}\n`);
        place++;
      }
    }
    return damaged ? INCOMPLETE : 0;

    function record(one: string, source: SourceTag): RawRecord {
      return { source, received: context.now(), text: one };
    }
  },
};

const BY: Readonly<Record<string, string>> = {
  program: 'by the program that the line names',
  type: 'by the declared type',
  path: 'by the path of the file',
  names: 'by the names in the record',
  text: 'by texts in the message',
  none: 'no parser knows it: the envelope and the text are kept',
};

/** What made the event, in the order in which it was decided. */
function inWords(explained: ReturnType<typeof explain>): string {
  if (explained === undefined) return 'A blank line: no event.';
  const { event, framing, parser, evidence, considered } = explained;
  const fields = Object.entries(toWire(event, '0-0')).filter(([name]) => name !== 'event.id');
  const width = Math.max(...fields.map(([name]) => name.length));
  const names = [...new Set(considered.map((one) => one.parser))].filter((name) => name !== parser);
  return [
    `envelope  ${printable(framing)}`,
    `parser    ${parser}: ${BY[evidence] ?? evidence}`,
    'event',
    ...fields.map(([name, value]) => `  ${printable(name).padEnd(width)}  ${shown(value)}`),
    names.length === 0 ? 'no other parser came into question' : 'why not the others',
    ...names.flatMap((name) =>
      considered.filter((one) => one.parser === name).map((one) => `  ${name}: ${printable(one.reason)}`),
    ),
  ].join('\n');
}

const shown = (value: FieldValue): string => (typeof value === 'string' ? printable(value) : printableJson(value));

const tagOf = (type: string | undefined, path?: string): SourceTag => ({
  id: path === undefined ? 'stdin' : `file:${path}`,
  agent: 'local',
  host: hostname(),
  ...(type === undefined ? {} : { type }),
  ...(path === undefined ? {} : { path }),
});

interface Input {
  readonly texts: AsyncIterable<string>;
  /** What they are, where that is known. */
  readonly type?: string;
}

/** A file is unpacked where it is packed; a pipe is taken as it comes. */
async function inputOf(
  { stdin, signal }: Context,
  path: string | undefined,
  onDamage: (damage: string) => void,
): Promise<Input> {
  if (path === undefined) return { texts: linesOf(stdin, 'standard input') };
  try {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory()) return { texts: linesOf(createReadStream(path), path) };
    const source = await sourceOf(path);
    const content = contentOf(source, signal);
    if (!isWindowsLog(await headOf(contentOf(source, signal)))) return { texts: linesOf(content, path) };
    return { texts: recordsOf(content, onDamage), type: WINDOWS_TYPE };
  } catch (error) {
    throw new CodedError('USAGE', `${path}: ${(error as Error).message}`, { cause: error });
  }
}

async function* recordsOf(content: AsyncIterable<Buffer>, onDamage: (damage: string) => void): AsyncGenerator<string> {
  for await (const entries of entriesOf('evtx', content)) {
    for (const entry of entries) {
      if ('damage' in entry) onDamage(entry.damage);
      else yield entry.text;
    }
  }
}

async function* linesOf(input: Context['stdin'], name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of input) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield line.replace(/\r$/, '');
    }
  } catch (error) {
    throw new CodedError('USAGE', `${name}: ${(error as Error).message}`, { cause: error });
  }
  if (rest !== '') yield rest;
}
