/**
 * Zeek (once Bro): its logs as TSV, whose header names the columns (`#fields ts uid id.orig_h …`), and as JSON with the same names. Without
 * the header (a line in the middle, after a start) the first six columns, alike in all logs of connections, are known.
 */
import type { Fields } from '#contract';
import { newFields } from '#contract';
import { setPeer } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { detection, portOf, setNumbers } from '../detection.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK } from '../ecs.ts';
import { setUrl } from '../http.ts';
import type { Memory } from '../memory.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const WORDS = [
  ['proto', 'network.transport'],
  ['service', 'network.protocol'],
  ['uid', 'event.id_zeek'],
  ['query', 'dns.question.name'],
  ['qtype_name', 'dns.question.type'],
  ['rcode_name', 'dns.response_code'],
  ['method', 'http.request.method'],
  ['host', 'url.domain'],
  ['user_agent', 'user_agent.original'],
  ['referrer', 'http.request.referrer'],
  ['username', 'user.name'],
  ['server_name', 'tls.client.server_name'],
  ['ja3', 'tls.client.ja3'],
  ['subject', 'tls.server.subject'],
  ['client', 'user_agent.original'],
  ['filename', 'file.name'],
  ['mime_type', 'file.mime_type'],
  ['md5', 'file.hash.md5'],
  ['sha1', 'file.hash.sha1'],
  ['sha256', 'file.hash.sha256'],
  ['conn_state', 'zeek.connection.state'],
] as const;
const NUMBERS = [
  ['orig_bytes', 'source.bytes'],
  ['resp_bytes', 'destination.bytes'],
  ['orig_pkts', 'source.packets'],
  ['resp_pkts', 'destination.packets'],
  ['status_code', 'http.response.status_code'],
  ['response_body_len', 'http.response.body.bytes'],
] as const;
const FIRST = ['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p'];
const MOST_COLUMNS = 200;

/** Which columns the lines have, and which log it is, where the header said so. */
interface Header {
  /** Of the columns that are still to be named. */
  readonly announced: string | undefined;
  readonly path: string | undefined;
  readonly columns: readonly string[] | undefined;
}
const headers = new WeakMap<Memory, Header>();

/** Logs that Sigma's rules ask for, by columns that no other log has. A stream of JSON says `_path`, a file `#path`. */
const SERVICES: readonly (readonly [service: string, columns: readonly string[]])[] = [
  ['smb_files', ['prev_name', 'times.modified', 'times.changed']],
  ['http', ['method', 'status_code', 'user_agent']],
  ['dns', ['query', 'qtype', 'qtype_name']],
  ['dce_rpc', ['endpoint', 'operation', 'named_pipe']],
  ['x509', ['certificate.serial', 'certificate.subject']],
  ['kerberos', ['request_type']],
  ['rdp', ['security_protocol', 'encryption_level', 'client_build']],
];
/** Columns without an ECS name that rules ask for: of a file they are kept as they are, of a record they are there anyway. */
const OWN = (
  'action path name prev_name size endpoint operation named_pipe request_type cipher service error_msg success ' +
  'certificate.serial certificate.subject certificate.issuer cookie result security_protocol encryption_level ' +
  'encryption_method rejected qclass_name resp_mime_types orig_mime_types status_msg'
).split(' ');
const RULED: ReadonlySet<string> = new Set(SERVICES.map(([service]) => service));
const FILES = [
  ['name', 'file.name'],
  ['path', 'file.path'],
] as const;
const PATH = /^[a-z][a-z\d_]{1,31}$/;

function serviceOf(record: Fields, path: string | undefined): readonly string[] {
  const said = path ?? wordOf(record, '_path');
  if (said !== undefined && PATH.test(said)) return said === 'zeek' ? [said] : ['zeek', said];
  if (wordOf(record, 'action')?.startsWith('SMB::') === true) return ['zeek', 'smb_files'];
  const found = SERVICES.find(([, columns]) => columns.some((name) => record[name] !== undefined));
  return found === undefined ? ['zeek'] : ['zeek', found[0]];
}

/** `service` and `path` are others' words elsewhere, and an alias took them away: the log's own name stands again. */
function setOwn(draft: Draft, record: Fields): void {
  for (const name of OWN) {
    const value = record[name];
    if (value !== undefined && value !== null) draft[name] = value;
  }
}

const net = (action: string, ...types: string[]): Draft => ({
  'event.category': NETWORK,
  'event.type': types,
  'event.action': action,
});

/** Which log it is follows from its columns. */
function eventOf(record: Fields): Draft {
  const has = (name: string): boolean => record[name] !== undefined;
  if (has('note')) return detection('notice', { name: wordOf(record, 'note') ?? '' });
  if (has('auth_success')) {
    const worked = record['auth_success'] === true || record['auth_success'] === 'T';
    return { ...(worked ? LOGIN_ACCEPTED : LOGIN_FAILED), 'network.protocol': 'ssh' };
  }
  if (has('conn_state')) return net('connection', 'connection', 'end');
  if (has('query') || has('qtype'))
    return { ...net('dns_query', 'protocol', 'info'), 'network.protocol': 'dns', 'labels.category': 'dns' };
  if (has('method') || has('status_code'))
    return { ...net('http_request', 'protocol', 'access'), 'event.category': ['network', 'web'] };
  if (has('request_type')) return { ...net('kerberos', 'protocol', 'info'), 'network.protocol': 'kerberos' };
  if (has('endpoint') && has('operation'))
    return { ...net('dce_rpc', 'protocol', 'info'), 'network.protocol': 'dce_rpc' };
  if (wordOf(record, 'action')?.startsWith('SMB::') === true)
    return {
      ...net('smb_file', 'protocol', 'access'),
      'event.category': ['network', 'file'],
      'network.protocol': 'smb',
    };
  if (has('cipher') || has('server_name')) return net('tls', 'protocol', 'info');
  if (has('fuid') && has('mime_type')) return { ...net('file_seen', 'info'), 'event.category': ['network', 'file'] };
  return net(has('auth_attempts') ? 'ssh' : 'connection', 'protocol', 'info');
}

const read = (record: Fields): Parsed | undefined => readAs(record, undefined);

function readAs(record: Fields, path: string | undefined): Parsed | undefined {
  if (record['ts'] === undefined && record['id.orig_h'] === undefined) return undefined;
  const draft = eventOf(record);
  setWords(draft, record, WORDS);
  const service = serviceOf(record, path);
  draft['labels.service'] = service.length === 1 ? 'zeek' : service;
  if (service[1] === 'kerberos') {
    // There `service` is what a ticket is for, and `client` who asked for it.
    draft['network.protocol'] = 'kerberos';
    delete draft['user_agent.original'];
    const [user] = (wordOf(record, 'client') ?? '').split('/');
    if (user !== undefined && user !== '') draft['user.name'] = user;
  }
  if (service.some((one) => RULED.has(one))) setOwn(draft, record);
  if (service[1] === 'smb_files') setWords(draft, record, FILES);
  delete draft['event.id_zeek'];
  const uid = wordOf(record, 'uid');
  if (uid !== undefined) draft['zeek.session_id'] = uid;
  setNumbers(draft, record, NUMBERS);
  const source = wordOf(record, 'id.orig_h') ?? wordOf(record, 'src') ?? '';
  setPeer(draft, source, portOf(record, 'id.orig_p'));
  setPeer(
    draft,
    wordOf(record, 'id.resp_h') ?? wordOf(record, 'dst') ?? '',
    portOf(record, 'id.resp_p'),
    'destination',
  );
  const uri = wordOf(record, 'uri');
  if (uri !== undefined) setUrl(draft, uri);
  const text = wordOf(record, 'msg');
  if (text !== undefined) draft['event.reason'] = text;
  const seconds = Number(wordOf(record, 'ts') ?? Number.NaN);
  const time = seconds > 1e8 && seconds < 1e11 ? { '@timestamp': Math.floor(seconds * 1000) } : {};
  return { ...draft, 'host.name': null, 'service.name': null, 'process.name': null, ...time };
}

/** `-` is a value that is not there, `(empty)` one without text. */
function parse(_message: string, { message, memory }: Line): Parsed | undefined {
  if (message.startsWith('#')) return header(message, memory);
  const values = message.split('\t', MOST_COLUMNS);
  const { columns: known, path } = headers.get(memory) ?? {};
  if (known === undefined && !ROW.test(message)) return undefined;
  const names = known !== undefined && known.length === values.length ? known : FIRST;
  if (values.length < 6 || !/^\d{10}\.\d{1,9}$/.test(values[0] ?? '')) return undefined;
  const record = newFields();
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (value !== undefined && value !== '-' && value !== '(empty)') record[name] = value;
  }
  const {
    'host.name': _host,
    'service.name': _service,
    'process.name': _process,
    ...parsed
  } = readAs(record, names === known ? path : undefined) ?? {};
  return parsed;
}

function header(message: string, memory: Memory): Parsed | undefined {
  if (!/^#(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)[\t ]/.test(message))
    return undefined;
  if (message.startsWith('#path\t')) {
    const announced = message.slice(6);
    headers.set(memory, {
      announced: PATH.test(announced) ? announced : undefined,
      path: undefined,
      columns: undefined,
    });
  } else if (message.startsWith('#fields\t')) {
    const path = headers.get(memory)?.announced;
    headers.set(memory, { announced: undefined, path, columns: message.split('\t', MOST_COLUMNS + 1).slice(1) });
  }
  return { 'event.category': ['network'], 'event.type': ['info'], 'event.action': 'header' };
}

const ROW = /^\d{10}\.\d{1,9}\tC[A-Za-z0-9]{8,24}\t[\da-fA-F:.]{2,45}\t\d{1,5}\t[\da-fA-F:.]{2,45}\t\d{1,5}\t/;
const BODY = /^\t?C[A-Za-z0-9]{8,24}\t[\da-fA-F:.]{2,45}\t\d{1,5}\t[\da-fA-F:.]{2,45}\t\d{1,5}\t/;

/** Columns between tabs, for logs that do not say the transport. */
const PORTS = [53, 80, 88, 135, 443, 445, 3389].map((port) => `\t${port}\t`);

export const zeek = withServiceType({
  name: 'zeek',
  programs: ['zeek', 'bro'],
  types: ['zeek-conn', 'zeek-dns', 'zeek-http', 'zeek-ssl', 'zeek-ssh', 'zeek-notice', 'zeek-files'],
  paths: ['/zeek/', '/bro/'],
  signatures: [
    { starts: '#fields\tts\tuid' },
    { starts: '#separator \\x09' },
    { starts: '#path\t', test: /^#path\t[a-z][a-z\d_]{1,31}$/ },
    { starts: '#fields\tts\tid\tcertificate.' },
    { starts: '#close\t', test: /^#close\t\d{4}(?:-\d\d){5}$/ },
    ...['\ttcp\t', '\tudp\t', '\ticmp\t', '\tGET\t', '\tPOST\t', '\tTLSv1', '\tSSH-2.0', ...PORTS].map((has) => ({
      has: [has],
      test: BODY,
    })),
  ],
  records: [
    { keys: ['id.orig_h', 'id.resp_h', 'ts'] },
    { keys: ['note', 'ts', 'msg', 'actions'] },
    { keys: ['fuid', 'ts', 'mime_type'] },
  ],
  dataset: 'zeek.log',
  product: 'zeek',
  service: 'zeek',
  parse,
  read,
});
