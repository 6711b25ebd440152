/** The rules that a JSON audit record of ModSecurity or Coraza names: a list of objects, which a flattened record holds as JSON text. */
import type { Fields } from '#contract';
import { flatten } from '../flatten.ts';
import type { Draft } from '../parsers/parser.ts';
import { firewallRule, setSeverityWord } from './firewall-rule.ts';

const PLACES = ['transaction.messages', 'audit_data.messages', 'messages'];
const MAX_RULES = 64;

export interface AuditRule {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly severity: string | undefined;
  readonly reference: string | undefined;
  readonly ruleset: string | undefined;
  readonly data: string | undefined;
}

export function auditRules(record: Fields): readonly AuditRule[] {
  for (const place of PLACES) {
    const value = record[place];
    const list = typeof value === 'string' ? listIn(value) : value;
    if (Array.isArray(list)) return list.slice(0, MAX_RULES).flatMap((item) => ruleIn(item) ?? []);
  }
  return [];
}

function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ruleIn(item: unknown): AuditRule | undefined {
  if (typeof item === 'string') return ruleInText(item);
  if (typeof item !== 'object' || item === null) return undefined;
  const flat = flatten(item as Readonly<Record<string, unknown>>, () => undefined);
  const word = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = flat[name];
      if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
    }
    return undefined;
  };
  return {
    id: word('details.ruleId', 'data.id'),
    name: word('message', 'data.msg'),
    severity: word('details.severity', 'data.severity'),
    reference: word('details.file', 'data.file'),
    ruleset: word('details.ver', 'data.ver'),
    data: word('details.data', 'data.data'),
  };
}

/** Version 2 keeps its sentence: `Warning. … [file "…"] [id "…"]`. */
function ruleInText(text: string): AuditRule | undefined {
  const fields = firewallRule(`ModSecurity: ${text}`)?.fields;
  if (fields === undefined) return undefined;
  const word = (field: string): string | undefined =>
    fields[field] === undefined || fields[field] === null ? undefined : String(fields[field]);
  return {
    id: word('rule.id'),
    name: word('rule.name'),
    severity: word('event.severity'),
    reference: word('rule.reference'),
    ruleset: word('rule.ruleset'),
    data: word('event.reason'),
  };
}

/** One rule is the event's; several are lists, the first for what takes one value. */
export function setRule(draft: Draft, rules: readonly AuditRule[], denied: boolean): void {
  const [first] = rules;
  if (first === undefined && !denied) return;
  draft['event.category'] = ['intrusion_detection', 'web'];
  draft['event.type'] = denied ? ['denied'] : ['info'];
  draft['event.action'] = denied ? 'request_denied' : 'rule_matched';
  if (first === undefined) return;
  const ids = rules.flatMap(({ id }) => id ?? []);
  const names = rules.flatMap(({ name }) => name ?? []);
  if (ids.length > 0) draft['rule.id'] = ids.length === 1 ? (ids[0] ?? '') : ids;
  if (names.length > 0) draft['rule.name'] = names.length === 1 ? (names[0] ?? '') : names;
  if (first.reference !== undefined) draft['rule.reference'] = first.reference;
  if (first.ruleset !== undefined) draft['rule.ruleset'] = first.ruleset;
  if (first.data !== undefined) draft['event.reason'] = first.data;
  setSeverityWord(draft, first.severity ?? '');
}
