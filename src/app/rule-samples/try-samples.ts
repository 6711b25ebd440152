/** Runs a rule's golden samples through the real rooms, normalize → detect → fold, with nothing but the rule and what it refers to. */
import { folder } from '#alerts';
import type { Event, EventId, RawRecord, RuleDocument, RuleProblem } from '#contract';
import { compile } from '#detect';
import { explain, normalize, type NormalizeContext } from '#normalize';
import type { Sample, SampleLine } from './read-samples.ts';

type Content = Readonly<Record<string, unknown>>;

const isContent = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const contentOf = ({ content }: RuleDocument): Content => (isContent(content) ? content : {});

/** How a correlation may call a rule. */
const namesOf = (document: RuleDocument): readonly unknown[] => [
  contentOf(document)['id'],
  contentOf(document)['name'],
];

function referredBy(document: RuleDocument): readonly unknown[] {
  const { correlation } = contentOf(document);
  const rules = isContent(correlation) ? correlation['rules'] : undefined;
  return Array.isArray(rules) ? rules : [rules];
}

/** The rules that are tried, those they refer to, and every filter: the first of a name in `known` is the one that is meant. */
function withReferred(tried: readonly RuleDocument[], known: readonly RuleDocument[]): readonly RuleDocument[] {
  const found = new Set(tried);
  for (const document of found) {
    for (const name of referredBy(document)) {
      const referred = name === undefined ? undefined : known.find((one) => namesOf(one).includes(name));
      if (referred !== undefined) found.add(referred);
    }
  }
  for (const document of known) if ('filter' in contentOf(document)) found.add(document);
  return [...found];
}

/** A building block has samples too: here it speaks. */
function speaking(document: RuleDocument): RuleDocument {
  const { porchlight: own, ...rest } = contentOf(document);
  return isContent(own) && own['alert'] === false
    ? { ...document, content: { ...rest, porchlight: { ...own, alert: true } } }
    : document;
}

/** Stamps without a year mean the year that is; a moment after all of it can come before none of them. */
const afterAll = (now: number): number => Date.UTC(new Date(now).getUTCFullYear() + 1, 0, 1);

export interface Trial {
  /** What the alerts of the rule say, in the order in which they opened. */
  readonly said: readonly string[];
  /** What is wrong; undefined when it is as the sample says. */
  readonly fault: string | undefined;
}

export interface Bench {
  /** Why rules were refused; then no sample is worth running. */
  readonly problems: readonly RuleProblem[];
  run(sample: Sample): Trial;
}

/** `tried`: the documents of one rule file; `known`: where rules are looked for that they refer to, theirs first. */
export function benchOf(tried: readonly RuleDocument[], known: readonly RuleDocument[], now: number): Bench {
  const documents = withReferred(tried.map(speaking), known);
  const { problems } = compile(documents);
  const files = new Set(tried.map(({ file }) => file));
  const received = afterAll(now);
  return {
    problems,
    run(sample) {
      const context: NormalizeContext = { timezone: 'UTC', historic: true, count: () => undefined };
      const said = alertsOf(eventsOf(sample.lines, received, context), documents, files);
      return { said, fault: faultOf(sample, said, () => seen(sample.lines, received, context)) };
    },
  };
}

const recordOf = ({ source, text }: SampleLine, received: number): RawRecord => ({ source, received, text });

function* eventsOf(lines: readonly SampleLine[], received: number, context: NormalizeContext): Generator<Event> {
  for (const line of lines) {
    const event = normalize(recordOf(line, received), context);
    if (event !== undefined) yield event;
  }
}

function alertsOf(
  events: Iterable<Event>,
  documents: readonly RuleDocument[],
  files: ReadonlySet<string>,
): readonly string[] {
  const { detector, rules } = compile(documents);
  const meant = new Set(rules.filter(({ file }) => files.has(file)).map(({ id }) => id));
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  let ordinal = 0;
  for (const event of events) {
    const id: EventId = `1-${ordinal++}`;
    const { matches } = detector.detect({ id, event });
    alerts.fold(
      matches.filter(({ rule }) => meant.has(rule.id)),
      { historic: false },
    );
  }
  return alerts.take().map(({ alert }) => alert.sentence);
}

function faultOf({ expects, words }: Sample, said: readonly string[], why: () => string): string | undefined {
  const quoted = said.map((one) => `"${one}"`).join(', ');
  if (expects === 'quiet') return said.length === 0 ? undefined : `fired, and must not: ${quoted}`;
  if (said.length === 0) return `did not fire; ${why()}`;
  return words === '' || said.includes(words) ? undefined : `says ${quoted}, not "${words}"`;
}

/** How the last line was understood: mostly that is why a rule did not see it. */
function seen(lines: readonly SampleLine[], received: number, context: NormalizeContext): string {
  const last = lines.at(-1);
  const found = last === undefined ? undefined : explain(recordOf(last, received), context);
  if (last === undefined || found === undefined) return 'there is nothing in its lines';
  const labels = ['product', 'category', 'service'].flatMap((part) => {
    const label = found.event[`labels.${part}`];
    return label === undefined || label === null ? [] : [`${part} ${String(label)}`];
  });
  const parser = found.parser === 'none' || found.parser === 'generic' ? 'by no parser' : `by ${found.parser}`;
  return `line ${last.number} was read ${parser} as ${labels.join(', ')}: porchlight parse --explain shows its fields`;
}
