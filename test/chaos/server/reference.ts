/** The alerts that one uninterrupted run makes of the stored events: what a server that was killed must have as well. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { folder } from '#alerts';
import { type AlertChange, type Event, parseEventId, type RuleDocument, type WireEvent } from '#contract';
import { compile } from '#detect';

const RULES = new URL('../../../rules/', import.meta.url);

function ownRules(): RuleDocument[] {
  const files = readdirSync(RULES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yml'));
  return files.toSorted().flatMap((file) =>
    parseAllDocuments(readFileSync(new URL(file, RULES), 'utf8')).map((document): RuleDocument => {
      const content: unknown = document.toJS();
      return { file, line: 1, content };
    }),
  );
}

/** One change an alert, as if all events had come in one batch. */
export function uninterrupted(events: readonly WireEvent[]): ReadonlyMap<string, AlertChange> {
  const { detector } = compile(ownRules());
  const folding = folder({ alerts: [], lastAlertId: 0 });
  for (const wire of events) {
    const { 'event.id': id, ...fields } = wire;
    const time = (name: string): number => Date.parse(String(wire[name]));
    const event: Event = {
      ...fields,
      '@timestamp': time('@timestamp'),
      'event.ingested': time('event.ingested'),
    };
    const place = parseEventId(String(id));
    if (place === undefined) throw new Error(`An event has no id: ${JSON.stringify(wire)}`);
    const { matches } = detector.detect({ id: `${place.batch}-${place.ordinal}`, event });
    folding.fold(matches, { historic: false });
  }
  return new Map(folding.take().map((change) => [change.alert.id, change]));
}
