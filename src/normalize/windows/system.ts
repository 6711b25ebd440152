/** The channel System: services, start and stop, the clock, updates, cleared logs. */
import type { Fields } from '#contract';
import { actor, type Entries, type Entry, entry, type Provider, sentence, tail, textOf } from './entry.ts';
import { baseName, type Data, either, has, set, setAccount, unnamed } from './record.ts';

const serviceOf = (data: Data): string => either(data, 'ServiceName', 'param1') ?? 'A service';

function setService(draft: Fields, data: Data): void {
  set(draft, 'service.name', either(data, 'ServiceName', 'param1'));
}

/** A service that crashed was no attempt of anybody. */
const failed = (action: string, what: string): Entry =>
  entry(
    action,
    'process',
    'error',
    (data) => sentence('The service', serviceOf(data), what, tail('(', has(data, 'param2')?.concat(')'))),
    /start|logon|load/.test(action) ? { outcome: 'failure', set: setService } : { set: setService },
  );

const CONTROL: Entries = {
  7000: failed('service-start-failed', 'failed to start'),
  7001: failed('service-start-failed', 'did not start, because another one did not:'),
  7009: failed('service-timeout', 'did not start in time'),
  7011: failed('service-timeout', 'did not answer in time'),
  7022: failed('service-hung', 'hung while starting'),
  7023: failed('service-terminated', 'ended with an error'),
  7024: failed('service-terminated', 'ended with an error of its own'),
  7026: failed('driver-load-failed', 'could not be loaded as the system started'),
  7031: failed('service-crashed', 'ended unexpectedly'),
  7034: failed('service-crashed', 'ended unexpectedly'),
  7035: entry(
    'service-control-sent',
    'process',
    'change',
    (data) => sentence('The service', serviceOf(data), 'was told to', has(data, 'param2')),
    { set: setService },
  ),
  7036: entry(
    'service-state-changed',
    'process',
    'change',
    (data) => sentence('The service', serviceOf(data), 'is', has(data, 'param2')),
    { set: setService },
  ),
  7038: failed('service-logon-failed', 'could not log on as'),
  7040: entry(
    'service-start-type-changed',
    'configuration',
    'change',
    (data) =>
      sentence(
        'How the service',
        serviceOf(data),
        'starts was changed',
        tail('from ', has(data, 'param2')),
        tail('to ', has(data, 'param3')),
      ),
    { set: setStartType },
  ),
  7041: failed('service-logon-failed', 'may not log on as a service'),
  7042: entry('service-stop-sent', 'process', 'change', (data) => `The service ${serviceOf(data)} was told to stop`, {
    set: setService,
  }),
  7045: entry(
    'service-installed',
    'configuration',
    'creation',
    (data, draft) =>
      sentence(
        'The service',
        serviceOf(data),
        'was installed',
        tail('by ', textOf(draft, 'user.name')),
        tail('and runs ', has(data, 'ImagePath')),
      ),
    { outcome: 'success', set: setService },
  ),
};

/** param1 is the name that people read, param4 the service's own. */
function setStartType(draft: Fields, data: Data): void {
  set(draft, 'service.name', either(data, 'param4', 'param1'));
}

const serviceControl: Provider = {
  names: ['Service Control Manager'],
  events: CONTROL,
  set: (draft, _, __, record) => set(draft, 'user.id', record.envelope['winlog.user.identifier']),
};

/** Cleared logs name who did it in `UserData`. */
function setCleared(draft: Fields, data: Data): void {
  set(draft, 'user.name', has(data, 'SubjectUserName'));
  set(draft, 'user.domain', has(data, 'SubjectDomainName'));
  set(draft, 'user.id', has(data, 'SubjectUserSid'));
  set(draft, 'winlog.logon.id', has(data, 'SubjectLogonId'));
}

const LOG: Entries = {
  104: entry(
    'log-cleared',
    'configuration',
    'deletion',
    (data, draft) => sentence(actor(draft), 'cleared the log', has(data, 'Channel')),
    { outcome: 'success', set: setCleared },
  ),
  105: entry('log-archived', 'configuration', 'info', (data) =>
    sentence('The log', has(data, 'Channel'), 'was archived'),
  ),
  1100: entry('logging-service-shutdown', 'process', 'end', () => 'The event log service stopped'),
  1101: entry('logging-lost', 'configuration', 'error', () => 'Audit events were lost'),
  1102: entry(
    'audit-log-cleared',
    'iam configuration',
    'admin change',
    (_, draft) => `${actor(draft)} cleared the security log`,
    { outcome: 'success', set: setCleared },
  ),
  1104: entry('logging-full', 'iam', 'admin', () => 'The security log is full'),
  1105: entry('auditlog-archieved', 'iam', 'admin', () => 'The security log was full and was archived'),
  1108: entry('logging-processing-error', 'iam', 'admin', () => 'An event could not be logged'),
};

/** 1100 to 1108 come under this provider into Security, 104 into System. */
const eventlog: Provider = { names: ['Microsoft-Windows-Eventlog'], events: LOG };

const host = (action: string, type: string, say: Entry['say']): Entry => entry(action, 'host', type, say);

const CLASSIC_LOG: Entries = {
  6005: host('system-started', 'start', () => 'The event log started: the computer is up'),
  6006: host('system-stopped', 'end', () => 'The event log stopped: the computer is shutting down'),
  6008: host('unexpected-shutdown', 'end', (data) =>
    sentence(
      'The computer had stopped without being shut down',
      tail('at ', unnamed(data, 0)),
      tail('on ', unnamed(data, 1)),
    ),
  ),
  6009: host('system-version', 'info', () => 'The version of Windows as it starts'),
  6011: host('computer-renamed', 'change', (data) =>
    sentence('The computer was renamed', tail('from ', unnamed(data, 0)), tail('to ', unnamed(data, 1))),
  ),
  6013: host('system-uptime', 'info', (data) =>
    sentence('The computer has been up for', unnamed(data, 4) ?? 'some', 'seconds'),
  ),
};

const eventlogClassic: Provider = { names: ['EventLog'], events: CLASSIC_LOG };

/** param1 process (host), 3 reason, 5 kind, 6 comment, 7 user. */
function setShutdown(draft: Fields, data: Data): void {
  const caller = has(data, 'param1')?.replace(/ \([^()]*\)$/, '');
  if (caller !== undefined) {
    draft['process.executable'] = caller;
    draft['process.name'] = baseName(caller);
  }
  set(draft, 'event.reason', has(data, 'param3'));
  setAccount(draft, 'user', has(data, 'param7'));
}

const user32: Provider = {
  names: ['User32', 'USER32'],
  events: {
    1074: entry(
      'shutdown-initiated',
      'host',
      'end',
      (data, draft) =>
        sentence(
          actor(draft),
          'asked for:',
          has(data, 'param5') ?? 'shutdown',
          tail('because of: ', textOf(draft, 'event.reason')),
        ),
      { set: setShutdown },
    ),
    1075: entry('shutdown-aborted', 'host', 'info', (_, draft) => `${actor(draft)} stopped the shutdown`),
    1076: entry(
      'shutdown-explained',
      'host',
      'info',
      (_, draft) =>
        sentence(actor(draft), 'gave a reason for the last shutdown', tail('', textOf(draft, 'event.reason'))),
      { set: setShutdown },
    ),
  },
};

const kernelGeneral: Provider = {
  names: ['Microsoft-Windows-Kernel-General'],
  events: {
    1: entry('system-time-changed', 'configuration', 'change', (data) =>
      sentence('The clock was set', tail('from ', has(data, 'OldTime')), tail('to ', has(data, 'NewTime'))),
    ),
    12: host('system-started', 'start', () => 'Windows started'),
    13: host('system-stopped', 'end', () => 'Windows is shutting down'),
    16: entry('registry-hive-cleared', 'registry', 'change', (data) =>
      sentence('The history of a registry hive was cleared:', has(data, 'HiveName')),
    ),
  },
};

const kernelPower: Provider = {
  names: ['Microsoft-Windows-Kernel-Power'],
  events: {
    41: host('unexpected-shutdown', 'end', () => 'The computer started again without having been shut down'),
    42: host('system-sleep', 'end', () => 'The computer goes to sleep'),
    107: host('system-resumed', 'start', () => 'The computer woke up'),
    109: host('system-stopped', 'end', () => 'The computer is shutting down'),
    506: host('system-standby', 'end', () => 'The computer goes into standby'),
    507: host('system-resumed', 'start', () => 'The computer left standby'),
  },
};

const title = (data: Data): string => has(data, 'updateTitle') ?? 'an update';

const windowsUpdate: Provider = {
  names: ['Microsoft-Windows-WindowsUpdateClient'],
  events: {
    19: entry('update-installed', 'package', 'installation', (data) => `Installed ${title(data)}`, {
      outcome: 'success',
    }),
    20: entry(
      'update-failed',
      'package',
      'installation',
      (data) => sentence('Failed to install', title(data), tail('with the error ', has(data, 'errorCode'))),
      { outcome: 'failure' },
    ),
    43: entry('update-started', 'package', 'start', (data) => `Began to install ${title(data)}`),
    44: entry('update-downloading', 'package', 'info', (data) => `Began to download ${title(data)}`),
  },
};

function setDcom(draft: Fields, data: Data): void {
  set(draft, 'user.name', has(data, 'param6'));
  set(draft, 'user.domain', has(data, 'param5'));
  set(draft, 'user.id', has(data, 'param7'));
}

const dcom: Provider = {
  names: ['Microsoft-Windows-DistributedCOM', 'DCOM'],
  events: {
    10016: entry(
      'dcom-permission',
      'configuration',
      'info',
      (_, draft) => `${actor(draft)} lacks a permission for a COM server`,
      { set: setDcom },
    ),
    10036: entry('dcom-hardening', 'network', 'denied', (_, draft) =>
      sentence('A client with too weak authentication was refused', tail('by ', textOf(draft, 'user.name'))),
    ),
  },
};

const netlogon: Provider = {
  names: ['NETLOGON'],
  events: {
    5719: entry('domain-controller-missing', 'network', 'error', () => 'No domain controller answers', {
      outcome: 'failure',
    }),
    5805: entry('machine-logon-failed', 'authentication', 'start', () => "A computer's session could not be set up", {
      outcome: 'failure',
    }),
    5829: entry(
      'vulnerable-channel-allowed',
      'authentication',
      'info',
      () => 'A connection by an insecure Netlogon channel was allowed',
    ),
  },
};

const timeService: Provider = {
  names: ['Microsoft-Windows-Time-Service'],
  events: {
    35: entry('time-synchronised', 'configuration', 'info', (data) =>
      sentence('The clock follows', either(data, 'TimeSource')),
    ),
    37: entry('time-source-found', 'configuration', 'info', (data) =>
      sentence('The clock gets its time from', either(data, 'TimeSource')),
    ),
  },
};

/** Who sits at the computer, by SID alone. */
const winlogon: Provider = {
  names: ['Microsoft-Windows-Winlogon'],
  events: {
    7001: entry('session-opened', 'session', 'start', () => 'Somebody signed in at the computer', {
      set: (draft, data) => set(draft, 'user.id', has(data, 'UserSid')),
    }),
    7002: entry('session-closed', 'session', 'end', () => 'Somebody signed out at the computer', {
      set: (draft, data) => set(draft, 'user.id', has(data, 'UserSid')),
    }),
  },
};

export const SYSTEM: readonly Provider[] = [
  serviceControl,
  eventlog,
  eventlogClassic,
  user32,
  kernelGeneral,
  kernelPower,
  windowsUpdate,
  dcom,
  netlogon,
  timeService,
  winlogon,
];
