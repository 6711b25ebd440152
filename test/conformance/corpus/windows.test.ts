/**
 * SigmaHQ's real Windows samples: each becomes an event of the log source that its rule asks for, and every field that the rule names and the
 * sample has is where rules look for it: under `winlog.event_data` by its own name, or under the ECS name that it has moved to.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Event } from '#contract';
import { normalize } from '#normalize';
import { corpus, needsCorpus, read } from './corpus.ts';

/** Data whose value is the same in ECS lies there alone. */
const MOVED: Readonly<Record<string, readonly string[]>> = {
  CommandLine: ['process.command_line'],
  Company: ['process.pe.company', 'file.pe.company'],
  CurrentDirectory: ['process.working_directory'],
  Description: ['process.pe.description', 'file.pe.description'],
  EventID: ['winlog.event_id'],
  FileVersion: ['process.pe.file_version', 'file.pe.file_version'],
  Image: ['process.executable'],
  OriginalFileName: ['process.pe.original_file_name', 'file.pe.original_file_name'],
  ParentCommandLine: ['process.parent.command_line'],
  ParentImage: ['process.parent.executable'],
  Product: ['process.pe.product', 'file.pe.product'],
  TargetFilename: ['file.path'],
  TargetObject: ['registry.path'],
};

type Tree = Readonly<Record<string, unknown>>;

interface Rule {
  readonly logsource: { readonly product: string; readonly category?: string; readonly service?: string };
  readonly detection: Tree;
}

interface Info {
  readonly rule_metadata: readonly { readonly id: string }[];
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

const filesOf = (folder: string, end: string): string[] =>
  readdirSync(join(corpus ?? '', 'sigma', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(end))
    .map((file) => join(folder, file));

/** Rules by their id: only the ids that samples name are parsed. */
function rulesOf(ids: ReadonlySet<string>): ReadonlyMap<string, Rule> {
  const found = new Map<string, Rule>();
  for (const file of ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].flatMap((folder) =>
    filesOf(folder, '.yml'),
  )) {
    const text = read('sigma', file);
    const id = /^id: *['"]?([\da-f-]{36})/m.exec(text)?.[1] ?? '';
    if (ids.has(id)) found.set(id, parse(text) as Rule);
  }
  return found;
}

/** A record, or several, one after the other. */
const recordsOf = (text: string): unknown[] =>
  text
    .trim()
    .split(/\n(?=\{)/)
    .flatMap((part): unknown => JSON.parse(part));

function understood(record: unknown): Event {
  const source = { id: 'winlog', agent: 'local', host: 'collector', type: 'winlog' };
  const counted: string[] = [];
  const context = { timezone: 'UTC', historic: true, count: (reason: string) => void counted.push(reason) };
  const event = normalize({ source, received: Date.UTC(2026, 8, 1), text: JSON.stringify(record) }, context);
  const posted = isTree(record)
    ? normalize({ source, received: Date.UTC(2026, 8, 1), text: '', fields: record }, context)
    : undefined;
  assert.ok(event);
  assert.deepEqual(posted, event, 'posted, the same');
  assert.deepEqual(counted, []);
  return event;
}

function namesIn(detection: unknown): readonly string[] {
  if (Array.isArray(detection)) return detection.flatMap(namesIn);
  return isTree(detection) ? Object.keys(detection).map((key) => key.split('|')[0] ?? '') : [];
}

/** The event holds the sample's own value of a name. */
function assertThere(event: Event, name: string, data: Tree, where: string): void {
  const value = data[name];
  if (value === undefined || value === null) return;
  const places = [`winlog.event_data.${name}`, ...(MOVED[name] ?? [])];
  assert.ok(
    places.some((place) => String(event[place]) === String(value)),
    `${where}: ${name} is in none of ${places.join(', ')}`,
  );
}

test('real samples have their labels and the fields that rules ask for', needsCorpus, (context) => {
  const samples = filesOf('regression', '.json').map((file) => {
    const info = parse(read('sigma', file, '..', 'info.yml')) as Info;
    return { file, id: info.rule_metadata[0]?.id ?? '' };
  });
  assert.equal(samples.length, 54);
  const rules = rulesOf(new Set(samples.map(({ id }) => id)));
  let fields = 0;
  for (const { file, id } of samples) {
    const rule: Rule | undefined = rules.get(id);
    assert.ok(rule !== undefined, file);
    for (const record of recordsOf(read('sigma', file))) {
      const event = understood(record);
      const { product, category, service }: Rule['logsource'] = rule.logsource;
      assert.equal(event['labels.product'], product, file);
      if (category !== undefined) {
        const label = String(event['labels.category']);
        // Rules for all of the registry see each part of it.
        assert.equal(category === 'registry_event' ? label.replace(/_[a-z]+$/, '_event') : label, category, file);
      }
      if (service !== undefined) assert.equal(event['labels.service'], service, file);
      const { Event: whole } = record as { readonly Event: { readonly EventData: Tree } };
      const names = Object.entries(rule.detection).flatMap(([key, value]) =>
        key === 'condition' ? [] : namesIn(value),
      );
      for (const name of new Set([...names, 'Image', 'User'])) assertThere(event, name, whole.EventData, file);
      fields += names.length;
      assert.equal(event['event.outcome'], undefined, file);
      assert.match(String(event['message']), /^\S.*\S$/, file);
    }
  }
  context.diagnostic(`${samples.length} samples, ${fields} fields of rules`);
});
