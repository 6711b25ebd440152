/** `docs/parsers.md`: one row a parser, made from what it declares and from its golden folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Parser, PARSERS } from '#normalize';

type Shown = Readonly<Record<string, unknown>>;

interface Sample {
  readonly line: string;
  readonly event: Shown;
}

const golden = fileURLToPath(new URL('../golden/', import.meta.url));

function samplesOf({ name }: Parser): Sample[] {
  const folder = `${golden}${name}/`;
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .toSorted()
    .flatMap((file) => {
      const lines = readFileSync(folder + file, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const events = JSON.parse(readFileSync(folder + file.replace(/\.log$/, '.expected.json'), 'utf8')) as Shown[];
      return lines.map((line, index) => ({ line, event: events[index] ?? {} }));
    });
}

/** Every event has these, or has them from its envelope. */
const ENVELOPE =
  /^(@timestamp|message|host\.name|event\.(dataset|original|ingested)|agent\.id|labels\.(product|service)|log\.(syslog\..*|level|file\.path)|process\.(name|pid)|counted|stream|container\.name)$/;

const own = (event: Shown): string[] => Object.keys(event).filter((field) => !ENVELOPE.test(field));

/** Windows' own names of data are as many as it has kinds of events. */
const folded = (field: string): string => field.replace(/^winlog\.event_data\..*/s, 'winlog.event_data.*');

/** So much of an event shows what it is like. */
const MOST_FIELDS = 24;

/** A line that says much in few words. */
function best(samples: readonly Sample[]): Sample | undefined {
  const worth = ({ line, event }: Sample): number => own(event).length * 40 - line.length;
  return samples.toSorted((a, b) => worth(b) - worth(a))[0];
}

const cell = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/[\u0000-\u001f\u007f]/g, ' ');

/** Code in a table's cell: a bar needs its backslash, and two ticks hold one. */
const code = (text: string): string => {
  const plain = text.replace(/[\u0000-\u001f\u007f]/g, ' ').replaceAll('|', '\\|');
  return plain.includes('`') ? `\`\` ${plain} \`\`` : `\`${plain}\``;
};

const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)} …` : text);

function recognises(parser: Parser): string {
  const parts: string[] = [];
  const { programs, types = [], paths = [], signatures = [], records = [] } = parser;
  const shown = (list: readonly string[], most = 12): string =>
    list.slice(0, most).map(code).join(' ') + (list.length > most ? ` and ${list.length - most} more` : '');
  if (programs.length > 0) parts.push(`program ${shown(programs)}`);
  if (types.length > 0) parts.push(`type ${shown(types)}`);
  if (paths.length > 0) parts.push(`path ${shown(paths)}`);
  const texts = signatures.map(({ starts, has = [] }) =>
    [...(starts === undefined ? [] : [starts]), ...has].join(' … '),
  );
  if (texts.length > 0)
    parts.push(
      `text ${shown(
        texts.map((text) => short(text, 60)),
        4,
      )}`,
    );
  const keys = records.map((record) => [...record.keys, ...Object.keys(record.values ?? {})].join(', '));
  if (keys.length > 0) parts.push(`names ${shown(keys, 3)}`);
  return parts.join('<br>');
}

function row(parser: Parser): string {
  const samples = samplesOf(parser);
  const sample = best(samples);
  const fields = [...new Set(samples.flatMap(({ event }) => own(event).map(folded)))].toSorted();
  const event =
    sample === undefined
      ? []
      : own(sample.event)
          .slice(0, MOST_FIELDS)
          .map((field) => `${field}: ${short(JSON.stringify(sample.event[field]), 80)}`);
  const cells = [
    `**${cell(parser.name)}**`,
    recognises(parser),
    fields.map(cell).join(', '),
    sample === undefined ? '' : code(short(sample.line, 300)),
    event.map(code).join('<br>'),
  ];
  return `| ${cells.join(' | ')} |`;
}

export function parserReference(): string {
  const rows = PARSERS.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(row);
  return `# Parsers

Generated from the parsers and their examples in \`test/golden\`. ${PARSERS.length} parsers, no configuration.

A line's parser is found by the program that it names, by the \`type\` of its source, by the path of its file, by the names in a record (JSON,
logfmt, CEF, LEEF), or by texts that it holds; the strongest evidence first. \`porchlight parse --explain 'LINE'\` says how one line is
understood and why. Besides the fields below every event has its time, host, program, log source and text.
How to add one is in [CONTRIBUTING](../CONTRIBUTING.md).

| parser | recognised by | fields it knows | a line | its event |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
