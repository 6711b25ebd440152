/**
 * auditd. Each record is an event of its own; those that follow a `SYSCALL` of the same audit event carry what it said
 * (`auditd/joined.ts`). The one that tells of a new process, with its command line, its parent and its user, is `EXECVE`.
 *
 * What ECS has no name for stands under `auditd.log.*`, as in Filebeat's module.
 */
import { isAddress, setPeer } from '../address.ts';
import { setAccess } from './auditd/access.ts';
import { argumentsOf, type AuditRecord, decoded, readable, readRecord, socketOf } from './auditd/record.ts';
import { ACTIONS, ARCHITECTURES, callOf, KINDS } from './auditd/kinds.ts';
import { begin, eventOf, executed, setParent } from './auditd/joined.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

type Values = AuditRecord['values'];

const NAMED: readonly (readonly [name: string, field: string])[] = Object.entries({
  exe: 'process.executable',
  comm: 'process.name',
  cwd: 'process.working_directory',
  auid: 'user.audit.id',
  uid: 'user.id',
  gid: 'user.group.id',
  euid: 'user.effective.id',
  egid: 'user.effective.group.id',
  suid: 'user.saved.id',
  sgid: 'user.saved.group.id',
  fsuid: 'user.filesystem.id',
  fsgid: 'user.filesystem.group.id',
  terminal: 'user.terminal',
  vm: 'container.name',
  virt: 'container.runtime',
});
const NUMBERS: readonly (readonly [name: string, field: string])[] = Object.entries({
  pid: 'process.pid',
  ppid: 'process.parent.pid',
  exit: 'process.exit_code',
});
/** A name of a record → where it goes. Names come with the data: so many are remembered, then the rest is put together. */
const FIELDS = new Map([...NAMED, ...NUMBERS]);
const OTHERS = new Map<string, string>();
const MAX_NAMES = 512;

function otherField(name: string): string {
  const known = OTHERS.get(name);
  if (known !== undefined) return known;
  const field = `auditd.log.${name}`;
  if (OTHERS.size < MAX_NAMES) OTHERS.set(name, field);
  return field;
}

const COUNTS: ReadonlySet<string> = new Set(NUMBERS.map(([name]) => name));
/** Read on their own. */
const ASIDE = new Set([
  'arch',
  'res',
  'acct',
  'cmd',
  'addr',
  'hostname',
  'msg',
  'argc',
  'id',
  'saddr',
  'new',
  'old',
  'src',
  'dst',
  'key',
]);
const ENCODED = new Set([
  'exe',
  'comm',
  'cwd',
  'name',
  'proctitle',
  'data',
  'acct',
  'cmd',
  'root_dir',
  'unit',
  'profile',
  'key',
  'vm',
  'path',
]);
const NUMERIC = new Set(['ksize', 'rport', 'lport', 'src_prefixlen', 'dst_prefixlen']);
/** Said by the kernel where there is nothing. */
const NOTHING = new Set(['?', '(none)', '(null)', '', '"?"']);
/** The login id of what no login began. */
const UNSET = '4294967295';

const plain = (name: string, value: string): string => (ENCODED.has(name) ? readable(decoded(value)) : value);

/** Everything that a record says, under its ECS name or `auditd.log.*`. */
function laid({ type, serial, values }: AuditRecord): Draft {
  const draft: Draft = { 'auditd.log.record_type': type };
  if (serial !== undefined) draft['auditd.log.sequence'] = Number(serial);
  for (const name in values) {
    const value = values[name] ?? '';
    const first = name.charCodeAt(0);
    if (ASIDE.has(name) || (first >= 65 && first <= 90)) continue;
    const field = FIELDS.get(name);
    if (field === undefined) draft[otherField(name)] = NUMERIC.has(name) ? Number(value) : plain(name, value);
    else if (!NOTHING.has(value)) draft[field] = COUNTS.has(name) ? Number(value) : plain(name, value);
  }
  const key = values['key'];
  if (key !== undefined && !NOTHING.has(key)) draft['auditd.log.key'] = decoded(key);
  const architecture = values['arch'];
  if (architecture !== undefined) draft['host.architecture'] = ARCHITECTURES.get(architecture) ?? architecture;
  return draft;
}

const FAILED = new Set(['failed', 'no', '0']);
const SUCCEEDED = new Set(['success', 'yes', '1']);

function setMeaning(draft: Draft, { type, values }: AuditRecord): void {
  const kind = KINDS.get(type);
  if (kind !== undefined) {
    draft['event.category'] = [kind.category];
    draft['event.type'] = [kind.type];
  }
  draft['event.action'] = kind?.action ?? ACTIONS.get(type) ?? type.toLowerCase();
  const result = values['res'] ?? '';
  if (SUCCEEDED.has(result)) draft['event.outcome'] = 'success';
  else if (FAILED.has(result)) draft['event.outcome'] = 'failure';
}

/**
 * Of a PAM or login record `acct` is the account; `uid` is the program's own (root), so who it is for is told by the login id. In
 * enriched records the names stand at the end.
 */
function setUser(draft: Draft, values: Values): void {
  const { acct, auid = UNSET, uid } = values;
  const account = acct === undefined ? undefined : decoded(acct);
  if (account !== undefined && !NOTHING.has(account)) {
    draft['user.name'] = account;
    draft['user.effective.name'] = account;
    if (auid !== UNSET) {
      draft['user.id'] = auid;
      if (uid !== undefined) draft['auditd.log.uid'] = uid;
    }
    return;
  }
  const name = values['UID'];
  if (name !== undefined && name !== '' && name !== 'unset') draft['user.name'] = name;
  const effective = values['EUID'];
  if (effective !== undefined && effective !== '' && effective !== 'unset') draft['user.effective.name'] = effective;
  const user = values['user'];
  if (user !== undefined && values['UID'] === undefined) draft['user.name'] = user;
}

/** `hostname` is mostly the machine's own. */
function setPlace(draft: Draft, { addr, src, dst }: Values): void {
  const from = addr ?? src ?? '';
  if (isAddress(from)) setPeer(draft, from);
  if (dst !== undefined && isAddress(dst)) setPeer(draft, dst, undefined, 'destination');
}

/** The login id that a session begins with. */
function setLogin(draft: Draft, { type, values }: AuditRecord): void {
  const id = type === 'LOGIN' ? (values['new_auid'] ?? values['auid']) : values['id'];
  if (id === undefined || !/^\w{1,32}$/.test(id)) return;
  draft['user.id'] = id;
  if (type === 'LOGIN') draft['user.effective.id'] = id;
  const name = values['ID'];
  if (name !== undefined) draft['user.name'] ??= name;
}

/** A record that names a program only by its file. */
function setProcessName(draft: Draft): void {
  const executable = draft['process.executable'];
  if (typeof executable === 'string') draft['process.name'] ??= executable.slice(executable.lastIndexOf('/') + 1);
}

function setCommand(draft: Draft, parts: readonly string[]): void {
  draft['process.args'] = [...parts];
  draft['process.args_count'] = parts.length;
  draft['process.command_line'] = parts.join(' ');
}

/** Who: what the other records of the event carry on. */
const PROCESS = /^(?:process\.(?!exit_code)|user\.|host\.architecture|auditd\.log\.(?:ses|tty|key|subj)$)/;

const processOf = (draft: Draft): Parsed =>
  Object.fromEntries(Object.entries(draft).filter(([field]) => PROCESS.test(field)));

function syscall(draft: Draft, { values }: AuditRecord, line: Line, key: string, host: string): void {
  const architecture = String(draft['host.architecture'] ?? '');
  const number = values['syscall'] ?? '';
  const call = values['SYSCALL'] ?? callOf(number, architecture);
  if (call !== number) draft['auditd.log.SYSCALL'] = call;
  const parent = draft['process.parent.pid'];
  if (typeof parent === 'number') setParent(draft, line.memory, host, parent);
  begin(line.memory, key, {
    process: processOf(draft),
    call,
    succeeded: values['success'] !== 'no',
    directory: undefined,
  });
}

/** The new process: what it runs, on top of who runs it. */
function execution(draft: Draft, { values }: AuditRecord, line: Line, key: string, host: string): void {
  const args = argumentsOf(values);
  for (const name of Object.keys(draft)) if (/^auditd\.log\.a\d+(?:_len|\[\d+\])/.test(name)) delete draft[name];
  for (const [index, value] of args.entries()) draft[`auditd.log.a${index}`] = value;
  const event = eventOf(line.memory, key);
  draft['process.executable'] ??= args[0] ?? '';
  setCommand(draft, args);
  const said = Number(values['argc']);
  if (Number.isSafeInteger(said)) draft['process.args_count'] = said;
  if (event?.succeeded !== false) draft['labels.category'] = 'process_creation';
  const pid = draft['process.pid'];
  if (typeof pid !== 'number' || event?.succeeded !== true) return;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const executable = text(draft['process.executable']);
  executed(line.memory, host, pid, { name: text(draft['process.name']), executable, commandLine: args.join(' ') });
}

const NAME_TYPES = new Map([
  ['CREATE', 'creation'],
  ['DELETE', 'deletion'],
]);

function path(draft: Draft, { values }: AuditRecord, directory: string | undefined): void {
  const name = decoded(values['name'] ?? '');
  if (name !== '' && !NOTHING.has(name)) {
    draft['file.path'] =
      name.startsWith('/') || directory === undefined ? name : `${directory.replace(/\/$/, '')}/${name}`;
  }
  const change = NAME_TYPES.get(values['nametype'] ?? '');
  if (change === undefined) return;
  draft['event.type'] = [change];
  if (change === 'creation') draft['labels.category'] = 'file_event';
}

function socket(draft: Draft, { values }: AuditRecord, call: string | undefined): void {
  const found = socketOf(values['saddr'] ?? '');
  if (found === undefined) return;
  const outward = call === undefined || call === 'connect';
  setPeer(draft, found.address, found.port, outward ? 'destination' : 'source');
  draft['event.category'] = ['network'];
  draft['event.type'] = ['connection', 'start'];
  if (call === 'connect') draft['labels.category'] = 'network_connection';
}

function parse(message: string, line: Line): Parsed | undefined {
  const record = readRecord(message);
  if (record === undefined) return undefined;
  const { type, values } = record;
  const host = record.node ?? line.host ?? '';
  const key = `${host}\n${record.serial ?? ''}`;
  const draft = laid(record);
  setMeaning(draft, record);
  setUser(draft, values);
  setLogin(draft, record);
  setPlace(draft, values);
  if (record.time !== undefined) draft['@timestamp'] = record.time;
  if (record.node !== undefined) draft['host.name'] = record.node;
  const event = record.serial === undefined || type === 'SYSCALL' ? undefined : eventOf(line.memory, key);
  if (event !== undefined) for (const field in event.process) draft[field] ??= event.process[field] ?? null;
  if (type === 'SYSCALL' && record.serial !== undefined) syscall(draft, record, line, key, host);
  else if (type === 'EXECVE') execution(draft, record, line, key, host);
  else if (type === 'CWD' && event !== undefined) event.directory = decoded(values['cwd'] ?? '');
  else if (type === 'PATH') path(draft, record, event?.directory);
  else if (type === 'AVC' || type === 'USER_AVC' || values['apparmor'] !== undefined) setAccess(draft, record);
  else if (type === 'SOCKADDR') socket(draft, record, event?.call);
  if (values['cmd'] !== undefined) setCommand(draft, decoded(values['cmd']).split(' '));
  setProcessName(draft);
  return draft;
}

export const auditd: Parser = {
  name: 'auditd',
  programs: ['auditd', 'audispd', 'audisp-syslog', 'audit'],
  paths: ['/audit/audit.log'],
  signatures: [
    { starts: 'type=', has: [' msg=audit('] },
    { starts: 'node=', has: [' type=', ' msg=audit('] },
    { starts: 'audit: type=', has: [' audit('] },
  ],
  dataset: 'auditd.log',
  service: 'auditd',
  parse,
};
