/**
 * The security log of CrowdSec's extension for Magento 2 (`var/log/crowdsec-events.log`), Monolog lines with the event as JSON:
 *
 *   [STAMP] crowdsec-events.LEVEL: {"type":"ADMIN_LOGIN_FAILED","ip":"…","x-forwarded-for-ip":"…"} []
 */
import { setPeer } from '../address.ts';
import { application, wordOf } from '../application.ts';
import { IAM, INFO, LOGIN_ACCEPTED, LOGIN_FAILED, WEB } from '../ecs.ts';
import { flatten } from '../flatten.ts';
import { jsonRecord } from '../record-in.ts';
import { setForwarded } from '../web/server.ts';
import type { Draft, Parsed } from './parser.ts';

const LINE = /^crowdsec-events\.[A-Z]{4,9}: {1,4}(\{.*\}) (?:\[.{0,80}\]|\{.{0,80}\})\s*$/s;

function meaning(type: string): Parsed {
  if (type.endsWith('_LOGIN_FAILED')) return LOGIN_FAILED;
  if (type.endsWith('_LOGIN_SUCCESS')) return LOGIN_ACCEPTED;
  const action = type.toLowerCase();
  if (type === 'CUSTOMER_REGISTER_SUCCESS') {
    return {
      'event.category': IAM,
      'event.type': ['creation', 'user'],
      'event.action': action,
      'event.outcome': 'success',
    };
  }
  return { 'event.category': WEB, 'event.type': INFO, 'event.action': action };
}

function parse(message: string): Parsed | undefined {
  const inside = jsonRecord(LINE.exec(message)?.[1] ?? '');
  if (inside === undefined) return undefined;
  const record = flatten(inside, () => undefined);
  const type = wordOf(record, 'type');
  if (type === undefined || !/^[A-Z_]{3,64}$/.test(type)) return undefined;
  const draft: Draft = { ...meaning(type), 'event.code': type };
  setPeer(draft, wordOf(record, 'ip') ?? '');
  setForwarded(draft, wordOf(record, 'x-forwarded-for-ip') ?? '');
  const name = wordOf(record, 'username') ?? wordOf(record, 'user');
  const id = wordOf(record, 'customer_id') ?? wordOf(record, 'user_id');
  if (name !== undefined) draft['user.name'] = name;
  if (id !== undefined) draft['user.id'] = id;
  return draft;
}

export const magentoExtension = application('magento-extension', {
  types: ['magento', 'magento2'],
  paths: ['crowdsec-events.log'],
  dataset: 'magento.log',
  product: 'magento',
  service: 'magento',
  signatures: [{ starts: 'crowdsec-events.', test: LINE }],
  parse,
});
