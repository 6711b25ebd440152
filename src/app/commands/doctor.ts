import { hostname } from 'node:os';
import process from 'node:process';
import { CodedError, type Config, createClient, ERRORS } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { type Command, type Context, text, type Values } from '../command.ts';
import { parseConfig } from '../config.ts';
import { dataFolder } from '../data-folder.ts';
import { broken, type Finding, fine } from '../doctor/finding.ts';
import { checkContent } from '../doctor/content.ts';
import { checkBackup, checkDamage, checkFolder, checkStore } from '../doctor/folder.ts';
import { checkKnownAddresses } from '../doctor/known-addresses.ts';
import { checkAccount, checkClock, checkNode } from '../doctor/machine.ts';
import { askServer, checkHoneypot, checkServer } from '../doctor/ports.ts';
import { checkPage, checkRules } from '../doctor/product.ts';
import { checkSources, type SourceRow } from '../doctor/sources.ts';
import { VERSION } from '../version.ts';
import { notedAddress } from '../server-address.ts';
import { nodeTransport } from './http.ts';
import { readSettings, settingsOptions } from './settings.ts';
import { sourceLine } from './source-line.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Look at everything that Porchlight needs, and say what to do where something is wrong.',
  args: '',
  options: {
    json: { type: 'boolean', help: 'One JSON finding a line.' },
    verify: {
      type: 'boolean',
      help: 'Read everything that is stored and hold it against its checksums. Takes a while.',
    },
    heads: { type: 'string', value: 'FILE', help: 'With --verify: heads of the ledger that were kept elsewhere.' },
    ...settingsOptions,
  },
  examples: ['porchlight doctor', 'porchlight doctor --verify --heads /mnt/usb/heads.txt'],
  exits: { 1: 'something wants mending' },
  async run(context, values) {
    const { findings, rows } = await examine(context, values);
    const all = [...findings, ...rows.map(({ finding }) => finding)];
    if (values['json'] === true) for (const finding of all) context.out(`${printableJson(finding)}\n`);
    else context.out(report(findings, rows));
    return all.some(({ state }) => state === 'broken') ? 1 : 0;
  },
};

interface Examination {
  readonly findings: readonly Finding[];
  readonly rows: readonly SourceRow[];
}

async function examine(context: Context, values: Values): Promise<Examination> {
  const { environment, uid, now } = context;
  const folder = dataFolder(text(values, 'data'), environment, uid);
  const { config, finding: settings } = readConfiguration(context, values);
  const base = notedAddress(folder) ?? `http://127.0.0.1:${config.http.port}`;
  const key = environment['PORCHLIGHT_KEY'];
  const health = await askServer(
    createClient({ base, transport: nodeTransport, ...(key === undefined ? {} : { key }) }),
  );
  const folderFindings = checkFolder(folder, uid);
  const usable = folderFindings.every(({ state }) => state !== 'broken');
  const store = usable ? await checkStore(folder) : undefined;
  const { rows, logins } = await checkSources(health, config, now);
  const findings = [
    checkNode(process.version),
    checkAccount(uid),
    checkClock(now(), folder, config.sources.timezone),
    settings,
    ...folderFindings,
    ...(store === undefined ? [] : [store.finding]),
    ...(store === undefined || values['verify'] === true ? [] : checkDamage(folder, health)),
    ...checkBackup(folder, config.backup.remind_days, now()),
    ...(store !== undefined && values['verify'] === true
      ? await checkContent(folder, context, text(values, 'heads'))
      : []),
    await checkServer(health, store?.inUse === true, config.http, base),
    await checkHoneypot(health, config.honeypot),
    ...checkRules(config.rules, folder),
    checkPage(),
    ...checkKnownAddresses(config.enrich, now()),
    ...(logins === undefined ? [] : [logins]),
  ];
  return { findings, rows };
}

/** What is in force, or all default where the file has a fault: the rest can be looked at all the same. */
function readConfiguration(context: Context, values: Values): { readonly config: Config; readonly finding: Finding } {
  try {
    const { config, configPath, configExists } = readSettings(context, values);
    const said = configExists ? `${configPath} is good` : `all default; there is no ${configPath}`;
    return { config, finding: fine('Settings', said) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const config = parseConfig(undefined, context.environment);
    return { config, finding: broken('Settings', error.detail, ERRORS.CONFIG.next) };
  }
}

const NAME_WIDTH = 12;

function report(findings: readonly Finding[], rows: readonly SourceRow[]): string {
  const bad = [...findings, ...rows.map(({ finding }) => finding)].filter(({ state }) => state === 'broken').length;
  return [
    '',
    `Porchlight ${VERSION} on ${printable(hostname())}`,
    '',
    ...findings.flatMap(findingLines),
    '',
    '  Sources',
    ...rows.flatMap((row) => [sourceLine(row), ...nextLine(row.finding, row.reason)]),
    '',
    bad === 0 ? 'Nothing wants mending.' : `${bad === 1 ? 'One thing wants' : `${bad} things want`} mending.`,
    '',
  ].join('\n');
}

const findingLines = (finding: Finding): string[] => [
  `  ${finding.state.padEnd(7)} ${finding.name.padEnd(NAME_WIDTH)} ${safe(finding.text)}`,
  ...nextLine(finding, ''),
];

/** A source's reason often ends with its command already. */
const nextLine = ({ next }: Finding, said: string): string[] =>
  next === undefined || said.includes(next) ? [] : [`${' '.repeat(10)}${' '.repeat(NAME_WIDTH)} → ${safe(next)}`];

/** A fault of the settings shows the offending line below it. */
const safe = (words: string): string =>
  words
    .split('\n')
    .map(printable)
    .join(`\n${' '.repeat(11 + NAME_WIDTH)}`);
