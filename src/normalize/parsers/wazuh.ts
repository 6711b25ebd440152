/** Wazuh and OSSEC: `alerts.json`. An alert repeats a line that another machine wrote (`full_log`); its rule and what was decoded are read. */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { numberOf, portOf } from '../detection.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const WORDS = [
  ['rule.id', 'rule.id'],
  ['rule.description', 'rule.name'],
  ['agent.name', 'host.name'],
  ['decoder.name', 'rule.ruleset'],
  ['location', 'log.file.path'],
  ['data.srcuser', 'user.name'],
  ['data.dstuser', 'user.name'],
  ['data.url', 'url.original'],
  ['data.protocol', 'network.protocol'],
  ['syscheck.path', 'file.path'],
  ['syscheck.event', 'event.action'],
  ['syscheck.md5_after', 'file.hash.md5'],
  ['syscheck.sha256_after', 'file.hash.sha256'],
  ['full_log', 'message'],
] as const;

function read(record: Fields, line: Line): Parsed | undefined {
  const level = numberOf(record, 'rule.level');
  if (level === undefined || record['rule.id'] === undefined) return undefined;
  const groups = record['rule.groups'];
  const failed = Array.isArray(groups) && groups.includes('authentication_failed');
  const draft: Draft = {
    'event.kind': 'alert',
    'event.category': failed ? ['intrusion_detection', 'authentication'] : ['intrusion_detection'],
    'event.type': ['info'],
    'event.action': 'rule_matched',
    'event.severity': level,
  };
  if (failed) draft['event.outcome'] = 'failure';
  setWords(draft, record, WORDS);
  setPeer(draft, wordOf(record, 'data.srcip') ?? '', portOf(record, 'data.srcport'));
  setPeer(draft, wordOf(record, 'data.dstip') ?? '', portOf(record, 'data.dstport'), 'destination');
  const time = stampOf(wordOf(record, 'timestamp') ?? '', line.clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

export const wazuh = withServiceType({
  name: 'wazuh',
  programs: ['wazuh', 'ossec', 'wazuh-alerts'],
  types: ['ossec-alerts'],
  paths: ['/ossec/logs/alerts', '/wazuh/'],
  records: [{ keys: ['rule.level', 'rule.id', 'rule.description', 'manager.name'] }],
  dataset: 'wazuh.alerts',
  product: 'wazuh',
  service: 'wazuh',
  read,
});
