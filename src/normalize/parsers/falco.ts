/** Falco: `json_output`, a record an alert, with the fields of the process and the container that the rule names. */
import type { Fields } from '#contract';
import { setEndpoint } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { levelOf } from '../head.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const WORDS = [
  ['rule', 'rule.name'],
  ['source', 'rule.ruleset'],
  ['output_fields.proc.name', 'process.name'],
  ['output_fields.proc.cmdline', 'process.command_line'],
  ['output_fields.proc.exepath', 'process.executable'],
  ['output_fields.proc.pname', 'process.parent.name'],
  ['output_fields.user.name', 'user.name'],
  ['output_fields.container.id', 'container.id'],
  ['output_fields.container.name', 'container.name'],
  ['output_fields.container.image.repository', 'container.image.name'],
  ['output_fields.k8s.pod.name', 'kubernetes.pod.name'],
  ['output_fields.k8s.ns.name', 'kubernetes.namespace'],
  ['output_fields.evt.type', 'event.action'],
  ['hostname', 'host.name'],
] as const;

function read(record: Fields, line: Line): Parsed | undefined {
  const output = wordOf(record, 'output');
  if (output === undefined || record['rule'] === undefined || record['priority'] === undefined) return undefined;
  const draft: Draft = {
    'event.kind': 'alert',
    'event.category': ['intrusion_detection', 'process'],
    'event.type': ['info'],
    'event.action': 'rule_matched',
    message: output,
  };
  setWords(draft, record, WORDS);
  setPlaces(draft, record);
  const level = levelOf(wordOf(record, 'priority') ?? '');
  if (level !== undefined) draft['log.level'] = level;
  const tags = record['tags'];
  if (Array.isArray(tags)) draft['tags'] = tags.map(String).slice(0, 32);
  const time = stampOf(wordOf(record, 'time') ?? '', line.clock);
  return { ...draft, 'service.name': null, ...(time === undefined ? {} : { '@timestamp': time }) };
}

/** `fd.name` is a file, or `192.0.2.1:40000->192.0.2.2:443`. */
function setPlaces(draft: Draft, record: Fields): void {
  const name = wordOf(record, 'output_fields.fd.name') ?? '';
  const arrow = name.indexOf('->');
  if (name.startsWith('/')) draft['file.path'] = name;
  else if (arrow > 0 && name.length < 130) {
    setEndpoint(draft, name.slice(0, arrow));
    setEndpoint(draft, name.slice(arrow + 2), 'destination');
  }
  const pid = wordOf(record, 'output_fields.proc.pid');
  if (pid !== undefined && /^\d{1,9}$/.test(pid)) draft['process.pid'] = Number(pid);
}

export const falco = withServiceType({
  name: 'falco',
  programs: ['falco'],
  paths: ['/falco'],
  records: [
    { keys: ['output_fields.evt.time', 'rule', 'output', 'priority'] },
    { keys: ['output', 'rule', 'priority', 'time'] },
  ],
  dataset: 'falco.alerts',
  product: 'falco',
  service: 'falco',
  read,
});
