/** The group of an alert in plain words, for rules that do not name theirs: from the ATT&CK tactic, else from the log source. */
import { isMapping } from './sigma/yaml-value.ts';

const TACTICS: Readonly<Record<string, string>> = {
  reconnaissance: 'Scanning',
  'resource-development': 'Preparation',
  'initial-access': 'Break-in attempt',
  execution: 'Suspicious program',
  persistence: 'Lasting access',
  'privilege-escalation': 'More rights',
  'defense-evasion': 'Hiding',
  'credential-access': 'Password guessing',
  discovery: 'Looking around',
  'lateral-movement': 'Moving between machines',
  collection: 'Gathering data',
  'command-and-control': 'Remote control',
  exfiltration: 'Data leaving',
  impact: 'Damage',
};

const CATEGORIES: Readonly<Record<string, string>> = {
  process_creation: 'Suspicious program',
  webserver: 'Web requests',
  proxy: 'Web requests',
  firewall: 'Network',
  network_connection: 'Network',
  dns: 'Network',
  dns_query: 'Network',
};

export function kindOf(tags: readonly string[], logsource: unknown): string {
  for (const tag of tags) {
    // Older rules write attack.credential_access.
    const tactic = tag.toLowerCase().replace('attack.', '').replaceAll('_', '-');
    if (tag.toLowerCase().startsWith('attack.') && Object.hasOwn(TACTICS, tactic)) return TACTICS[tactic] ?? 'Other';
  }
  const category = isMapping(logsource) ? logsource['category'] : undefined;
  return typeof category === 'string' && Object.hasOwn(CATEGORIES, category)
    ? (CATEGORIES[category] ?? 'Other')
    : 'Other';
}
