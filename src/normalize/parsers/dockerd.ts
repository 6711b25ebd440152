/** Docker's daemon and containerd: logfmt or JSON, `time level msg` and names of their own. What matters for safety are few sentences. */
import type { Fields } from '#contract';
import { setEndpoint } from '../address.ts';
import { CONFIGURATION, HOST, NETWORK } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const container = (action: string, type: string): Parsed => ({
  'event.category': HOST,
  'event.type': [type],
  'event.action': action,
});

const { parse: worded } = wordings([
  {
    starts: 'API listen on ',
    pattern: /^API listen on (?<to>(?:\[[\da-fA-F.:]{2,45}\]|[\d.]{7,15}):\d{1,5})$/,
    fields: {
      'event.category': [...NETWORK, ...CONFIGURATION],
      'event.type': ['info'],
      'event.action': 'api_listening',
    },
  },
  {
    starts: 'Handler for ',
    pattern: /^Handler for (?<method>[A-Z]{3,8}) (?<url>\/\S{0,2048}) returned error: (?<reason>.*)$/s,
    fields: container('api_error', 'error'),
  },
  { starts: 'Container failed to exit within ', fields: container('container_killed', 'end') },
  { starts: 'Container ', has: ' failed to exit within ', fields: container('container_killed', 'end') },
  { starts: 'Daemon has completed initialization', fields: container('daemon_started', 'start') },
  { starts: 'Processing signal ', fields: container('daemon_stopping', 'end') },
  { starts: 'shim disconnected', fields: container('container_stopped', 'end') },
  { starts: 'starting containerd', fields: container('daemon_started', 'start') },
  { has: 'unauthorized: ', fields: container('registry_refused', 'error') },
]);

const ID = /^[\da-f]{12,64}$/;

function read(record: Fields, line: Line): Parsed | undefined {
  const { msg, level } = record;
  if (typeof msg !== 'string' || typeof level !== 'string') return undefined;
  const draft: Draft = { ...(worded(msg, line) ?? container('daemon_message', 'info')), message: msg };
  const id = record['container'] ?? record['id'];
  if (typeof id === 'string' && ID.test(id)) draft['container.id'] = id;
  const { error } = record;
  if (typeof error === 'string') draft['event.reason'] = error;
  const client = record['remote'];
  if (typeof client === 'string') setEndpoint(draft, client);
  const named = levelOf(level);
  return named === undefined ? draft : { ...draft, 'log.level': named };
}

export const dockerd: Parser = {
  name: 'dockerd',
  programs: ['dockerd', 'containerd', 'docker-daemon'],
  paths: ['/var/log/docker.log', 'dockerd.log', '/upstart/docker'],
  dataset: 'docker.daemon',
  service: ['docker', 'syslog'],
  records: [{ keys: ['namespace', 'msg', 'level', 'runtime'] }],
  parse: worded,
  read,
};
