/** Rules as a server lists them, for pages to look at. */
import { once } from 'node:events';
import { type Backend, RuleRefused } from '#api';
import { isoTime, type ListedRule, type RuleList, toWire } from '#contract';
import { line } from './house.ts';

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

/** By its words: `wrong` is refused, `runs` goes on until somebody leaves; any other finds something. */
export const triedAtTheHouse: Backend['backtest'] = async function* tried(trial, signal) {
  const { from, to } = trial;
  const text = 'text' in trial.rule ? trial.rule.text : trial.rule.id;
  if (text.includes('wrong'))
    throw new RuleRefused([{ file: 'rule', line: 2, column: 3, title: 'wrong', reason: 'nothing is detected' }]);
  const title = 'Honeypot Connection';
  const alerted = {
    title,
    level: 'high',
    entity: '203.0.113.7',
    count: 7,
    first_seen: isoTime(from),
    last_seen: isoTime(to),
  } as const;
  const rules = [{ id: 'own', title, level: 'high', alerts: true, reason: '' }] as const;
  const remarks = [
    { file: 'rule', line: 1, title, reason: 'cannot fire here: events of windows process_creation have no Hashes' },
  ];
  yield { kind: 'begun', rules, remarks, from: isoTime(from), to: isoTime(to), notify_level: 'high', total: 400 };
  const days = [0, 7, 3].map((hits, at) => ({ day: `2026-03-0${at + 1}`, hits }));
  yield { kind: 'so_far', events: 100, hits: 7, days };
  if (text.includes('runs')) {
    await once(signal, 'abort');
    signal.throwIfAborted();
  }
  const samples = [toWire(line(to, { message: 'connect from 203.0.113.7', 'host.name': 'nas' }), '1-0')];
  const alerts = [{ ...alerted, sentence: '203.0.113.7 connected to the honeypot' }];
  const pushes = [{ title, level: 'high', text: '203.0.113.7 connected to the honeypot' }] as const;
  const told = { samples, alert_count: 1, alerts, push_count: 1, pushes };
  yield { kind: 'done', stopped: null, events: 400, hits: 10, days, ...told };
};
