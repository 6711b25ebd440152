/** open-appsec's agent (`cp-nano-http-transaction-handler.log*`): one JSON record for each finding of its engine. */
import type { Fields } from '#contract';
import { isAddress, setPeer } from '../address.ts';
import { wordOf } from '../application.ts';
import { toNumber } from '../ecs.ts';
import { setUrl } from '../http.ts';
import { setSeverityWord } from '../web/firewall-rule.ts';
import { webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';
import { stampOf } from '../stamp.ts';

const SEVERITIES = new Map([
  ['critical', 'critical'],
  ['high', 'error'],
  ['medium', 'warning'],
  ['low', 'notice'],
  ['info', 'info'],
]);

function read(record: Fields, line: Line): Parsed | undefined {
  const data = (name: string): string | undefined => wordOf(record, `eventData.${name}`);
  if (record['eventName'] === undefined || record['eventTime'] === undefined) return undefined;
  const found = data('waapIncidentType') ?? data('practiceSubType');
  const prevented = data('securityAction') === 'Prevent';
  const draft: Draft = {
    'event.category': ['intrusion_detection', 'web'],
    'event.type': prevented ? ['denied'] : ['info'],
    'event.action': prevented ? 'request_denied' : 'rule_matched',
    'event.dataset': 'openappsec.log',
  };
  const time = stampOf(wordOf(record, 'eventTime') ?? '', line.clock);
  if (time !== undefined) draft['@timestamp'] = time;
  setPeer(draft, data('sourceIP') ?? '', toNumber(data('sourcePort')));
  const asked = data('httpSourceId') ?? '';
  if (isAddress(asked) && asked !== data('sourceIP')) draft['network.forwarded_ip'] = asked;
  setSeverityWord(draft, SEVERITIES.get((wordOf(record, 'eventSeverity') ?? '').toLowerCase()) ?? '');
  const words = [
    ['rule.name', found],
    ['rule.id', data('ruleId') === 'Any' ? undefined : data('ruleId')],
    ['event.reason', data('matchedSample')],
    ['url.domain', data('httpHostName')],
    ['http.request.method', data('httpMethod')],
    ['user_agent.original', data('httpUserAgent')],
    ['message', wordOf(record, 'eventName')],
  ] as const;
  for (const [field, value] of words) if (value !== undefined) draft[field] = value;
  const path = data('httpUriPath');
  const query = data('httpUriQuery');
  if (path !== undefined) setUrl(draft, query === undefined ? path : `${path}?${query}`);
  return draft;
}

export const openappsec = webServer('openappsec', {
  types: ['open-appsec', 'cp-nano-http-transaction-handler'],
  paths: ['open-appsec', 'openappsec', 'nano_agent', 'cp-nano-http'],
  records: [
    { keys: ['eventData.practiceType', 'eventName', 'eventTime'] },
    { keys: ['eventSource.issuingEngineVersion', 'eventName', 'eventTime'] },
    { keys: ['eventData.securityAction', 'eventName', 'eventTime'] },
  ],
  read,
});
