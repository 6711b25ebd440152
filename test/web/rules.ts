/** Rules as a server lists them, for pages to look at. */
import type { ListedRule, RuleList } from '#contract';

const rule = (id: string, changes: Partial<ListedRule>): ListedRule => ({
  id,
  title: `Rule ${id}`,
  level: 'medium',
  written_level: 'medium',
  kind: 'Execution',
  description: 'Looks for a program that an attacker would start.',
  tags: ['attack.t1059', 'attack.execution'],
  file: `/rules/${id}.yml`,
  line: 1,
  type: 'detection',
  set: 'sigma_core',
  status: 'test',
  product: 'windows',
  category: 'process_creation',
  service: '',
  state: 'alerts',
  reason: '',
  remarks: [],
  ...changes,
});

/** `many` plain ones, a third of them only noted; one that cannot fire, one that is off, one of our own, and two that are broken. */
export function rulesOfTheHouse(many: number): RuleList {
  const plain = Array.from({ length: many }, (_, n) =>
    n % 3 === 0
      ? rule(`n${n}`, { level: 'low', state: 'records', reason: 'noted only: level low is under medium' })
      : rule(`n${n}`, n % 3 === 1 ? { level: 'high' } : { product: 'linux', category: '', status: 'stable' }),
  );
  const idle = {
    title: 'Shadow copies deleted',
    file: '/rules/shadow.yml',
    tags: ['attack.t1490'],
    remarks: ['cannot fire here: events of windows process_creation have no Hashes'],
  };
  const items = [
    ...plain,
    rule('idle', { ...idle, state: 'off', reason: 'switched off by hand', level: 'critical' }),
    rule('own', { title: 'Honeypot Connection', set: 'porchlight', product: 'porchlight', level: 'high' }),
  ];
  const problems = [
    { file: '/rules/bad.yml', line: 12, column: 9, title: 'Fuzzy', reason: 'unknown modifier fuzzy' },
    { file: '/rules/worse.yml', line: 1, title: '', reason: 'level is not known: <img src=x onerror=alert(1)>' },
  ];
  return { items, problems, remarks: [] };
}
