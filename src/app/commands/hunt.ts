import { availableParallelism, hostname } from 'node:os';
import { CodedError, isLevel, type Level, LEVELS } from '#contract';
import { type Command, type Context, text, texts, type Values } from '../command.ts';
import { type AtHand, installed, named, rulesAtHand } from '../hunt/at-hand.ts';
import { crewOf } from '../hunt/crew.ts';
import { hunt as huntFiles, type Placeholders } from '../hunt/hunt.ts';
import { holdsRules, type Input, inputsOf, STANDARD_INPUT } from '../hunt/input.ts';
import { reporter } from '../hunt/report.ts';
import { rulePlaces } from '../rules/places.ts';
import { readSettings, settingsOptions } from './settings.ts';

const INCOMPLETE = 1;
const STOPPED = 130;

export const hunt: Command = {
  name: 'hunt',
  summary: 'Run Sigma rules over files: event logs of Windows, JSON, lines. No server and no store is needed.',
  args: 'FILE|DIR|-…',
  options: {
    rules: {
      type: 'string',
      multiple: true,
      value: 'DIR',
      help: 'Rules, a folder or a file; may be given more than once. Default: our own and those that are installed.',
    },
    rule: {
      type: 'string',
      multiple: true,
      value: 'ID',
      help: 'Only this rule, by id, name or title; more than once.',
    },
    tag: {
      type: 'string',
      multiple: true,
      value: 'TAG',
      help: 'Only rules with this tag, attack.t1059; more than once.',
    },
    level: { type: 'string', value: 'LEVEL', help: 'Only rules of this level or higher. Default: all.' },
    'no-mapping': {
      type: 'boolean',
      help: 'Take events under the names that they came with, instead of translating them to ours.',
    },
    host: {
      type: 'string',
      value: 'NAME',
      help: 'Whose they are, where the records do not say. Default: this machine.',
    },
    timezone: { type: 'string', value: 'ZONE', help: 'IANA zone of stamps without one. Default: this machine’s.' },
    threads: {
      type: 'string',
      value: 'N',
      help: 'Threads that look. Default: one a core, at most 8; none for little.',
    },
    json: { type: 'boolean', help: 'One JSON object a match and line. Default where the output is no terminal.' },
    ...settingsOptions,
  },
  examples: [
    'porchlight hunt Security.evtx',
    'porchlight hunt --rules sigma/rules --level high evidence/',
    "porchlight hunt --rules sigma/rules --json logs.jsonl.gz | jq -r '.rule.title' | sort | uniq -c",
    'journalctl -o json --since today | porchlight hunt -',
  ],
  exits: {
    [INCOMPLETE]: 'some files or records could not be read; they are named, and the rest was looked through',
    [STOPPED]: 'stopped; what was found so far was told',
  },
  async run(context, values, positionals) {
    const wanted = {
      level: levelOf(text(values, 'level')),
      rules: texts(values, 'rule'),
      tags: texts(values, 'tag').map((tag) => tag.toLowerCase()),
    };
    const paths = pathsOf(values, positionals);
    const { files, passedOver } = inputsOf(filesOf(paths.files, context));
    if (files.length === 0) throw new CodedError('USAGE', 'porchlight hunt: there are no logs in what was named');
    const host = text(values, 'host') ?? hostname();
    const timezone = zoneIn(values);
    const json = values['json'] === true || !context.isTerminal;
    const report = reporter({ inputs: files, json, context });
    const { stdin, signal, now } = context;
    const outcome = await huntFiles(
      files,
      crewOf(threadsOf(values, files)),
      () => {
        const rules = rulesOf(context, values, paths.rules);
        report.meet(rules.documents);
        return { ...rules, wanted, mapping: values['no-mapping'] !== true, host, timezone };
      },
      { stdin, signal, now, ...report },
    );
    report.end(outcome, passedOver);
    if (outcome.stopped) return STOPPED;
    return outcome.tallies.some(({ failed, damaged }) => failed !== undefined || damaged > 0) ? INCOMPLETE : 0;
  },
};

interface Paths {
  readonly rules: readonly string[];
  readonly files: readonly string[];
}

/** `--rules A B FILE`: what holds rules and no logs is meant as rules. */
function pathsOf(values: Values, positionals: readonly string[]): Paths {
  const folders = texts(values, 'rules');
  if (folders.length === 0) return { rules: [], files: positionals };
  const more = positionals.filter((path) => path !== STANDARD_INPUT && holdsRules(path));
  return { rules: [...folders, ...more], files: positionals.filter((path) => !more.includes(path)) };
}

function filesOf(paths: readonly string[], { stdinIsTerminal }: Context): readonly string[] {
  if (paths.length > 0) return paths;
  if (stdinIsTerminal)
    throw new CodedError('USAGE', 'porchlight hunt: name files or folders, or send records to standard input');
  return [STANDARD_INPUT];
}

interface Rules extends AtHand {
  readonly placeholders: Placeholders;
}

function rulesOf(context: Context, values: Values, paths: readonly string[]): Rules {
  const { config, folder } = readSettings(context, values);
  const places = rulePlaces(config.rules, folder);
  const { placeholders } = places.policy;
  if (paths.length === 0) return { ...rulesAtHand(installed(places), folder), placeholders };
  const found = rulesAtHand(named(paths), folder);
  if (found.documents.length > 0) return { ...found, placeholders };
  const [problem] = found.problems;
  const why = problem === undefined ? 'there is no .yml in it' : `${problem.file}: ${problem.reason}`;
  throw new CodedError('USAGE', `porchlight hunt: no rule in ${paths.join(', ')}: ${why}`);
}

function levelOf(level: string | undefined): Level | undefined {
  if (level === undefined || isLevel(level)) return level;
  throw new CodedError('USAGE', `porchlight hunt: --level is one of ${LEVELS.join(', ')}, not "${level}"`);
}

function zoneIn(values: Values): string {
  const zone = text(values, 'timezone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (isZone(zone)) return zone;
  throw new CodedError('USAGE', `porchlight hunt: there is no time zone "${zone}"; name it as in Europe/Berlin`);
}

/** As whoever reads stamps will ask; but that is the whole of normalizing, and this thread may do without. */
function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Bytes that one thread is through with before others would have learned the rules. */
const LITTLE = 8 * 1024 * 1024;
const MOST_THREADS = 8;
/** What packed logs have in them, about. */
const PACKED = 10;

function threadsOf(values: Values, files: readonly Input[]): number {
  const asked = text(values, 'threads');
  if (asked !== undefined) {
    if (/^\d{1,2}$/.test(asked)) return Number(asked);
    throw new CodedError('USAGE', `porchlight hunt: --threads is a number, not "${asked}"`);
  }
  const bytes = files.reduce((sum, { name, size }) => sum + (size ?? 0) * (/\.(?:gz|zst)$/.test(name) ? PACKED : 1), 0);
  const isLittle = bytes < LITTLE && files.every(({ size }) => size !== undefined);
  return isLittle ? 0 : Math.min(availableParallelism(), MOST_THREADS);
}
