/** `docs/rule-pack.md`: one row a rule that alerts, made from the rules and their golden samples. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { readSamples } from '../../src/app/rule-samples/read-samples.ts';

type Content = Readonly<Record<string, unknown>>;

interface Rule {
  readonly folder: string;
  readonly content: Content;
  /** What its alert says in its first sample. */
  readonly says: string;
}

const RULES = fileURLToPath(new URL('../../rules/', import.meta.url));

const SECTIONS: Readonly<Record<string, string>> = {
  ssh: 'SSH',
  accounts: 'Accounts',
  sudo: 'Administrator rights',
  logins: 'Logins at services',
  honeypot: 'Honeypots',
  linux: 'Commands on Linux',
  persistence: 'Ways to come back',
  kernel: 'Kernel',
  containers: 'Containers',
  web: 'Websites',
  network: 'Network, router, DNS, Wi-Fi',
  windows: 'Windows',
  detections: 'What other detectors say',
  agents: 'Agents',
};

const mapping = (value: unknown): Content => (typeof value === 'object' && value !== null ? { ...value } : {});
const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === 'string' ? [one] : []));

function rulesOf(file: string): Rule[] {
  const { samples } = readSamples(readFileSync(RULES + file.replace(/yml$/, 'samples'), 'utf8'));
  const says = samples.find(({ expects, words }) => expects === 'fires' && words !== '')?.words ?? '';
  return parseAllDocuments(readFileSync(RULES + file, 'utf8')).map((document) => {
    const content: unknown = document.toJS();
    return { folder: file.split('/')[0] ?? '', content: mapping(content), says };
  });
}

const isBlock = ({ content }: Rule): boolean => {
  const own = mapping(content['porchlight']);
  return own['alert'] === false || own['sentence'] === undefined;
};

const NAMED = 3;

/** The log sources that a rule looks at, or those of the rules that it counts. */
function sources(rule: Rule, all: readonly Rule[], seen: ReadonlySet<Rule> = new Set()): readonly string[] {
  if (seen.has(rule)) return [];
  const { logsource, correlation } = rule.content;
  if (correlation === undefined) return [Object.values(mapping(logsource)).map(String).join(' ')];
  const referred = texts(mapping(correlation)['rules']);
  const found = all.filter(({ content }) =>
    [content['name'], content['id']].some((name) => referred.includes(String(name))),
  );
  return [...new Set(found.flatMap((one) => sources(one, all, new Set([...seen, rule]))))];
}

const short = (list: readonly string[]): string =>
  list.slice(0, NAMED).join(', ') + (list.length > NAMED ? ` and ${list.length - NAMED} more` : '');

const cell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*').trim();

function row(rule: Rule, all: readonly Rule[]): string {
  const { title, level, description, tags } = rule.content;
  const techniques = texts(tags).flatMap((tag) => /^attack\.(t\d.*)$/.exec(tag)?.[1]?.toUpperCase() ?? []);
  const cells = [
    `**${cell(String(title))}**`,
    String(level),
    cell(String(description)),
    cell(rule.says),
    cell(short(sources(rule, all))),
    [...new Set(techniques)].join(' '),
  ];
  return `| ${cells.join(' | ')} |`;
}

export function ruleReference(): string {
  const files = readdirSync(RULES, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
  const all = files
    .filter((file) => file.endsWith('.yml'))
    .toSorted()
    .flatMap(rulesOf);
  const alerting = all.filter((rule) => !isBlock(rule));
  const sections = Object.entries(SECTIONS).map(([folder, heading]) => {
    const rows = alerting.filter((rule) => rule.folder === folder).map((rule) => row(rule, all));
    return `## ${heading}

| rule | level | when | an alert says | looks at | ATT&CK |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
  });
  return `# Our rules

Generated from the rules in \`rules/\` and their samples. ${alerting.length} rules alert; ${all.length - alerting.length} more are building blocks that only others count.

A phone rings for high and critical; the rest waits on the page. Rules that look at auditd's log need auditd to watch the files that they name.
What to do about an alert stands in the alert. How rules are written and switched off is in [Rules](rules.md).

${sections.join('\n')}`;
}
