/** Names whose place in our events is not their own: what the parsers made of a value, by the log source of the rule. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newFields } from '#contract';
import { fieldMap, neverThere } from './fields.ts';

type Source = readonly [product: string, category: string, service?: string];

const logSource = ([product, category, service = '']: Source) => ({ product, category, service });

/** [log source, Sigma's name, place] */
const PLACES: readonly (readonly [Source, string, string])[] = [
  [['windows', 'process_creation'], 'ProcessGuid', 'process.entity_id'],
  [['windows', 'process_creation'], 'ParentProcessGuid', 'process.parent.entity_id'],
  [['linux', 'process_creation'], 'ParentProcessGuid', 'process.parent.entity_id'],
  [['windows', 'image_load'], 'ProcessGuid', 'process.entity_id'],
  [['windows', 'process_termination'], 'ProcessGuid', 'process.entity_id'],
  [['windows', 'process_tampering'], 'ProcessId', 'process.pid'],
  [['windows', 'file_executable_detected'], 'TargetFilename', 'file.path'],
  [['windows', 'file_block_executable'], 'TargetFilename', 'file.path'],
  [['windows', 'file_block_shredding'], 'TargetFilename', 'file.path'],
  [['windows', '', 'sysmon'], 'TargetObject', 'registry.path'],
  [['windows', '', 'sysmon'], 'ParentProcessGuid', 'process.parent.entity_id'],
  [['windows', '', 'sysmon'], 'OriginalFileName', 'process.pe.original_file_name'],
  [['windows', '', 'sysmon'], 'OriginalFileName', 'file.pe.original_file_name'],
  [['windows', '', 'windefend'], 'Feature_Name', 'winlog.event_data.FeatureName'],
  [['linux', 'network_connection'], 'Initiated', 'winlog.event_data.Initiated'],
  [['linux', 'process_creation'], 'LogonId', 'winlog.event_data.LogonId'],
  [['linux', 'process_creation'], 'LogonId', 'user.audit.id'],
  [['linux', 'file_event'], 'CreationUtcTime', 'winlog.event_data.CreationUtcTime'],
  [['linux', '', 'sysmon'], 'Initiated', 'winlog.event_data.Initiated'],
  [['linux', '', 'auditd'], 'SYSCALL', 'auditd.log.SYSCALL'],
  [['', 'antivirus'], 'Signature', 'rule.name'],
  [['', 'antivirus'], 'Filename', 'file.path'],
];

for (const [source, name, place] of PLACES) {
  test(`${name} of ${source.join(' ').trim()} is read from ${place}`, () => {
    const event = Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0, [place]: 'x' });
    assert.equal(fieldMap(logSource(source), new Map())(name).read(event), 'x');
  });
}

test('what Windows wrote comes before what was made of it', () => {
  const raw = { 'process.entity_id': 'made', 'winlog.event_data.ProcessGuid': 'raw' };
  const event = Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0 }, raw);
  assert.equal(fieldMap(logSource(['windows', 'dns_query']), new Map())('ProcessGuid').read(event), 'raw');
});

/** [log source, name, no event has it] */
const ABSENT: readonly (readonly [Source, string, boolean])[] = [
  [['windows', 'process_creation'], 'ParentProcessGuid', false],
  [['windows', 'file_event'], 'ProcessGuid', false],
  [['windows', 'file_event'], 'ParentProcessGuid', true],
  [['windows', 'file_executable_detected'], 'Hashes', false],
];

for (const [source, name, absent] of ABSENT) {
  test(`events of ${source.join(' ').trim()} ${absent ? 'never' : 'may'} have ${name}`, () => {
    assert.equal(neverThere(name, logSource(source)), absent);
  });
}
