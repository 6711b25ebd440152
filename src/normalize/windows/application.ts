/** The channel Application and what else has texts without names: installers, crashes, SQL Server, IIS' own log. */
import type { Fields } from '#contract';
import { addressIn, baseName, type Data, either, has, numberIn, set, short, unnamed } from './record.ts';
import { type Entries, type Entry, entry, fromPeer, type Provider, sentence, tail, textOf } from './entry.ts';
import { setFile } from './places.ts';

const product = (action: string, type: string, done: string, outcome: 'success' | 'failure'): Entry =>
  entry(action, 'package', type, (data) => sentence(unnamed(data, 0) ?? 'A program', done), {
    outcome,
    set: (draft, data) => {
      set(draft, 'package.name', unnamed(data, 0));
      set(draft, 'package.version', unnamed(data, 1));
    },
  });

const INSTALLER: Entries = {
  1033: product('installed', 'installation', 'was installed', 'success'),
  1034: product('removed', 'deletion', 'was removed', 'success'),
  1035: product('reconfigured', 'change', 'was reconfigured', 'success'),
  11707: entry('installed', 'package', 'installation', (data) => short(unnamed(data, 0) ?? 'A program was installed'), {
    outcome: 'success',
  }),
  11708: entry(
    'install-failed',
    'package',
    'installation',
    (data) => short(unnamed(data, 0) ?? 'Installing a program failed'),
    { outcome: 'failure' },
  ),
  11724: entry('removed', 'package', 'deletion', (data) => short(unnamed(data, 0) ?? 'A program was removed'), {
    outcome: 'success',
  }),
};

/** Named since Windows 11 22H2, before: name, version, stamp, module, version, stamp, code, offset, pid, start, path, path. */
function setCrash(draft: Fields, data: Data): void {
  const name = either(data, 'AppName') ?? unnamed(data, 0);
  if (name !== undefined) draft['process.name'] = baseName(name);
  const path = either(data, 'AppPath') ?? unnamed(data, 10);
  if (path?.includes('\\') === true) draft['process.executable'] = path;
  set(
    draft,
    'process.pid',
    numberIn(either(data, 'ProcessId') ?? unnamed(data, 8)?.replace(/^(?=[\da-f]{1,8}$)/i, '0x')),
  );
  set(draft, 'error.code', either(data, 'ExceptionCode') ?? unnamed(data, 6));
}

const crash = (action: string, done: string): Entry =>
  entry(
    action,
    'process',
    'error',
    (data, draft) =>
      sentence(
        textOf(draft, 'process.name') ?? 'A program',
        done,
        tail('in ', either(data, 'ModuleName') ?? unnamed(data, 3)),
      ),
    { set: setCrash },
  );

/** 18456: name, reason, ` [CLIENT: 192.0.2.1]`. */
function setSql(draft: Fields, data: Data): void {
  set(draft, 'user.name', unnamed(data, 0));
  const reason = unnamed(data, 1)?.trim();
  const client = /\[CLIENT: ([^\]\s]{1,64})\]\s*$/.exec(unnamed(data, 2) ?? unnamed(data, 1) ?? '')?.[1];
  set(draft, 'source.ip', addressIn(client));
  if (reason !== undefined && !reason.startsWith('[CLIENT'))
    set(draft, 'event.reason', reason.replace(/^Reason: /, ''));
}

const sql = (action: string, outcome: 'success' | 'failure', done: string): Entry =>
  entry(
    action,
    'authentication database',
    'start',
    (_, draft) =>
      sentence(
        textOf(draft, 'user.name') ?? 'Somebody',
        done,
        fromPeer(draft),
        outcome === 'failure' ? tail('because of: ', textOf(draft, 'event.reason')) : undefined,
      ),
    { outcome, set: setSql },
  );

const SQL: Entries = {
  18453: sql('login', 'success', 'logged on to SQL Server'),
  18454: sql('login', 'success', 'logged on to SQL Server'),
  18456: sql('login', 'failure', 'failed to log on to SQL Server'),
  17806: entry(
    'login',
    'authentication database',
    'start',
    (data) => sentence('A log-on to SQL Server with Windows accounts failed', tail('from ', unnamed(data, 2))),
    { outcome: 'failure' },
  ),
};

/** One request; the names are those of the W3C log. */
function setRequest(draft: Fields, data: Data): void {
  set(draft, 'source.ip', addressIn(has(data, 'c-ip')));
  set(draft, 'destination.ip', addressIn(has(data, 's-ip')));
  set(draft, 'destination.port', numberIn(has(data, 's-port')));
  set(draft, 'user.name', has(data, 'cs-username'));
  set(draft, 'http.request.method', has(data, 'cs-method'));
  set(draft, 'http.response.status_code', numberIn(has(data, 'sc-status')));
  set(draft, 'http.response.body.bytes', numberIn(has(data, 'sc-bytes')));
  set(draft, 'http.request.bytes', numberIn(has(data, 'cs-bytes')));
  set(draft, 'http.request.referrer', either(data, 'csReferer', 'cs(Referer)'));
  set(draft, 'user_agent.original', either(data, 'csUser-Agent', 'cs(User-Agent)'));
  set(draft, 'url.domain', has(data, 'cs-host'));
  set(draft, 'url.original', has(data, 'cs-uri-stem'));
  set(draft, 'url.path', has(data, 'cs-uri-stem'));
  set(draft, 'url.query', has(data, 'cs-uri-query'));
  draft['process.name'] = 'iis';
  draft['labels.category'] = 'webserver';
}

const REQUEST = entry(
  'http_request',
  'web',
  'access',
  (data, draft) =>
    sentence(
      textOf(draft, 'source.ip') ?? 'Somebody',
      'asked for',
      has(data, 'cs-method'),
      has(data, 'cs-uri-stem'),
      tail('and got ', has(data, 'sc-status')),
    ),
  { set: setRequest },
);

export const APPLICATION: readonly Provider[] = [
  { names: ['MsiInstaller'], events: INSTALLER },
  {
    names: ['Application Error'],
    events: {
      1000: crash('application-crashed', 'crashed'),
      1005: crash('application-error', 'could not read a file'),
    },
  },
  { names: ['Application Hang'], events: { 1002: crash('application-hung', 'stopped answering') } },
  { names: ['MSSQLSERVER', 'MSSQL$SQLEXPRESS'], events: SQL },
  { names: ['Microsoft-Windows-IIS-Logging'], events: { 6200: REQUEST } },
  {
    names: ['ESENT'],
    events: {
      216: entry('database-moved', 'database', 'change', (data) =>
        sentence('A database was found in another place:', short(unnamed(data, 3) ?? '')),
      ),
      325: entry(
        'database-created',
        'database',
        'creation',
        (data) => sentence('A database was made:', short(unnamed(data, 4) ?? '')),
        { set: (draft, data) => setDatabase(draft, unnamed(data, 4)) },
      ),
      326: entry(
        'database-attached',
        'database',
        'access',
        (data) => sentence('A database was opened:', short(unnamed(data, 4) ?? '')),
        { set: (draft, data) => setDatabase(draft, unnamed(data, 4)) },
      ),
      327: entry(
        'database-detached',
        'database',
        'end',
        (data) => sentence('A database was closed:', short(unnamed(data, 4) ?? '')),
        { set: (draft, data) => setDatabase(draft, unnamed(data, 4)) },
      ),
    },
  },
];

function setDatabase(draft: Fields, path: string | undefined): void {
  if (path?.includes('\\') === true) setFile(draft, path);
}
