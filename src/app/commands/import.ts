import { hostname } from 'node:os';
import { CodedError, type Config } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { zoneOf } from '#normalize';
import { type Command, type Context, text, type Values } from '../command.ts';
import type { Means } from '../import/job.ts';
import { importFiles, type Outcome } from '../import/run.ts';
import { inWords, placeOf, type Tally } from '../import/tally.ts';
import { readSettings, settingsOptions } from './settings.ts';

const INCOMPLETE = 1;
const STOPPED = 130;

// `import` is a word of the language.
export const importCommand: Command = {
  name: 'import',
  summary: 'Take old logs and the files of an earlier monitor into the history. The server must not run meanwhile.',
  args: 'FILE…',
  options: {
    host: { type: 'string', value: 'NAME', help: 'Whose they are, where the lines do not say. Default: this machine.' },
    timezone: {
      type: 'string',
      value: 'ZONE',
      help: 'IANA zone of stamps without one. Default: as configured, else this machine’s.',
    },
    json: { type: 'boolean', help: 'What became of each file, as one JSON object a line.' },
    ...settingsOptions,
  },
  examples: [
    'porchlight import /var/log/auth.log*',
    'porchlight import --host nas --timezone Europe/Berlin monitor_metrics.jsonl monitor_alerts.jsonl',
  ],
  exits: {
    [INCOMPLETE]: 'some files or lines could not be taken; they are named, and the rest is in',
    [STOPPED]: 'stopped; the same command goes on from there',
  },
  async run(context, values, files) {
    if (files.length === 0) throw new CodedError('USAGE', 'porchlight import: name the files');
    const { config, folder } = readSettings(context, values);
    const means: Means = {
      config,
      host: text(values, 'host') ?? config.host.name ?? hostname(),
      timezoneOf: zonesOf(values, config.sources),
      now: context.now,
      signal: context.signal,
      say: (line) => context.err(`${printable(line)}\n`),
    };
    const outcome = await importFiles(files, folder, means);
    report(outcome, context, values);
    if (outcome.stopped) return STOPPED;
    return outcome.tallies.some(({ bad, failed }) => bad > 0 || failed !== undefined) ? INCOMPLETE : 0;
  },
};

/** What was asked for, else what is configured for that file, for all files, or the machine's own. */
function zonesOf(values: Values, { timezone, timezones }: Config['sources']): Means['timezoneOf'] {
  const asked = text(values, 'timezone');
  const usual = asked ?? timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zoneOf(usual) === undefined)
    throw new CodedError('USAGE', `porchlight import: there is no time zone "${usual}"; name it as in Europe/Berlin`);
  return (path) => asked ?? timezones[path] ?? usual;
}

function report({ tallies, stopped }: Outcome, context: Context, values: Values): void {
  if (values['json'] === true) {
    for (const tally of tallies) context.out(`${printableJson(tally)}\n`);
    return;
  }
  const width = Math.max(...tallies.map(({ file }) => printable(file).length));
  for (const tally of tallies) context.out(`${printable(tally.file).padEnd(width)}  ${printable(inWords(tally))}\n`);
  for (const line of whereToLook(tallies)) context.out(`${line}\n`);
  if (stopped) context.out('Stopped. What is in stays in; the same command goes on from there.\n');
}

function whereToLook(tallies: readonly Tally[]): string[] {
  const kinds = new Set(tallies.filter(({ taken }) => taken > 0).map(({ kind }) => kind));
  if (kinds.size === 0) return [];
  return ['', 'Once the server runs:', ...[...kinds].map((kind) => `  ${placeOf(kind)}`)];
}
