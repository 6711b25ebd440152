/** laurel (threathunters-io): auditd's records of one event as one JSON object, with the parent's name. */
import type { Fields } from '#contract';
import { callOf } from './auditd/kinds.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const FIELDS: readonly (readonly [name: string, field: string])[] = Object.entries({
  'SYSCALL.pid': 'process.pid',
  'SYSCALL.ppid': 'process.parent.pid',
  'SYSCALL.comm': 'process.name',
  'SYSCALL.exe': 'process.executable',
  'SYSCALL.exit': 'process.exit_code',
  'SYSCALL.PPID.comm': 'process.parent.name',
  'SYSCALL.PPID.exe': 'process.parent.executable',
  'SYSCALL.ARCH': 'host.architecture',
  'SYSCALL.key': 'auditd.log.key',
  'SYSCALL.tty': 'auditd.log.tty',
  'SYSCALL.UID': 'user.name',
  'SYSCALL.EUID': 'user.effective.name',
  'SYSCALL.success': 'auditd.log.success',
  'CWD.cwd': 'process.working_directory',
});
/** ECS wants ids as text. */
const IDS: readonly (readonly [name: string, field: string])[] = Object.entries({
  'SYSCALL.uid': 'user.id',
  'SYSCALL.euid': 'user.effective.id',
  'SYSCALL.auid': 'user.audit.id',
  'SYSCALL.ses': 'auditd.log.ses',
});

function command(record: Fields): readonly string[] | undefined {
  const args = record['EXECVE.ARGV'] ?? record['PROCTITLE.ARGV'];
  return Array.isArray(args) ? args.map(String) : undefined;
}

function read(record: Fields): Parsed | undefined {
  const [, seconds, fraction, serial] = /^(\d{1,12})\.(\d{3}):(\d{1,12})$/.exec(String(record['ID'])) ?? [];
  if (serial === undefined) return undefined;
  const draft: Draft = {
    '@timestamp': Number(seconds) * 1000 + Number(fraction),
    'event.category': ['process'],
    'event.type': ['info'],
    'event.action': 'syscall',
    'auditd.log.sequence': Number(serial),
  };
  for (const [name, field] of FIELDS) draft[field] = record[name] ?? null;
  for (const [name, field] of IDS) if (record[name] !== undefined) draft[field] = String(record[name]);
  const call = record['SYSCALL.SYSCALL'] ?? callOf(String(record['SYSCALL.syscall']), String(record['SYSCALL.ARCH']));
  draft['auditd.log.syscall'] = call;
  const args = command(record);
  if (args === undefined) return draft;
  draft['process.args'] = [...args];
  draft['process.args_count'] = args.length;
  draft['process.command_line'] = args.join(' ');
  if ((call !== 'execve' && call !== 'execveat') || record['SYSCALL.success'] !== 'yes') return draft;
  return { ...draft, 'event.type': ['start'], 'event.action': 'execve', 'labels.category': 'process_creation' };
}

export const laurel: Parser = {
  name: 'laurel',
  programs: ['laurel'],
  paths: ['/laurel/'],
  records: [{ keys: ['SYSCALL.syscall', 'ID'] }, { keys: ['EXECVE.argc', 'ID'] }],
  dataset: 'auditd.log',
  service: 'auditd',
  read,
};
