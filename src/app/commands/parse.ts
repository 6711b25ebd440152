import { createReadStream } from 'node:fs';
import { hostname } from 'node:os';
import { CodedError, type FieldValue, type RawRecord, type SourceTag, toWire } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { explain, normalize, type NormalizeContext } from '#normalize';
import { type Command, type Context, text } from '../command.ts';

export const parse: Command = {
  name: 'parse',
  summary: 'Raw lines in (files or standard input), one flat JSON event a line out, in the same order.',
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
    'docker logs vaultwarden 2>&1 | porchlight parse --type vaultwarden',
    "porchlight parse --explain 'Nov 30 11:25:10 nas sshd[7]: Failed password for root from 203.0.113.7 port 51332 ssh2'",
  ],
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
    for (const path of positionals.length === 0 ? [undefined] : positionals) {
      const input = path === undefined ? context.stdin : createReadStream(path);
      const tag = tagOf(type, path);
      for await (const one of linesOf(input, path ?? 'standard input')) {
        const event = normalize(record(one, tag), normalizing);
        context.out(`${event === undefined ? '{}' : printableJson(toWire(event, `0-${place}`))}\n`);
        place++;
      }
    }
    return 0;

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
