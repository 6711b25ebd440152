import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodedError } from '#contract';
import { boundOf, openReader } from '#store';
import { exportEvents, type Format } from '../backup/export.ts';
import { type Command, text, type Values } from '../command.ts';
import { configPlace, settingsOptions } from './config-place.ts';
import { progressLine } from './progress.ts';

const FORMATS: readonly Format[] = ['jsonl', 'csv', 'sqlite'];
const STOPPED = 130;

// `export` is a word of the language.
export const exportCommand: Command = {
  name: 'export',
  summary:
    'Write events as JSON lines, CSV or a plain SQLite file with one row an event. The server may go on meanwhile.',
  args: '[QUERY]',
  options: {
    format: {
      type: 'string',
      value: 'NAME',
      help: 'jsonl, csv or sqlite. Default: by the ending of --out, else jsonl.',
    },
    out: { type: 'string', short: 'o', value: 'FILE', help: 'A new file. Default: standard output.' },
    from: {
      type: 'string',
      value: 'TIME',
      help: 'Since when: 2026-03-14, 2026-03-14T08:00, now-2h. Default: the first.',
    },
    to: { type: 'string', value: 'TIME', help: 'Until when, in the same ways.' },
    ...settingsOptions,
  },
  examples: [
    "porchlight export 'user.name:backup' --from 2026-03-01 -o backup-user.csv",
    'porchlight export -o all.sqlite',
  ],
  exits: { [STOPPED]: 'stopped; no file is left of it' },
  async run(context, values, positionals) {
    const { folder } = configPlace(context, values);
    const path = join(folder, 'porchlight.db');
    if (!existsSync(path)) throw new CodedError('DATA_FOLDER', `${folder} holds no store. Name it with --data.`);
    const file = fileOf(values);
    const format = formatOf(values, file);
    const reader = openReader(path, { searchLimit: Infinity });
    const progress = progressLine(context);
    try {
      const written = await exportEvents({
        reader,
        q: positionals.join(' '),
        from: timeOf(values, 'from', context.now()),
        to: timeOf(values, 'to', context.now()),
        format,
        file,
        out: context.out,
        drained: context.drained ?? (() => Promise.resolve()),
        signal: context.signal,
        say: (events) => progress.say(`${events.toLocaleString('en')} events`),
      });
      progress.end();
      context.err(`${written.toLocaleString('en')} events${file === undefined ? '' : ` are in ${file}`}.\n`);
      return 0;
    } catch (error) {
      progress.end();
      if (!context.signal.aborted) throw error;
      context.err('Stopped. No file is left of it.\n');
      return STOPPED;
    } finally {
      reader.close();
    }
  },
};

function fileOf(values: Values): string | undefined {
  const named = text(values, 'out');
  if (named === undefined || named === '-') return undefined;
  const file = resolve(named);
  if (existsSync(file)) throw new CodedError('USAGE', `--out ${named}: it is there already; name another file`);
  return file;
}

function formatOf(values: Values, file: string | undefined): Format {
  const ending = /\.(jsonl|csv|sqlite|db)$/.exec(file ?? '')?.[1];
  const named = text(values, 'format') ?? (ending === 'db' ? 'sqlite' : (ending ?? 'jsonl'));
  const format = FORMATS.find((one) => one === named);
  if (format === undefined) throw new CodedError('USAGE', `--format ${named}: give jsonl, csv or sqlite`);
  if (format === 'sqlite' && file === undefined) throw new CodedError('USAGE', '--format sqlite needs --out FILE');
  return format;
}

function timeOf(values: Values, side: 'from' | 'to', now: number): number | undefined {
  const named = text(values, side);
  if (named === undefined) return undefined;
  const bound = boundOf(named, now, side);
  if (bound === undefined)
    throw new CodedError('USAGE', `--${side} ${named}: no time. Try 2026-03-14, 2026-03-14T08:00 or now-2h`);
  return bound;
}
