/** Channels of Windows' parts: scheduled jobs, remote desktop, WMI, BITS, NTLM, names, Wi-Fi, printing, OpenSSH. */
import { endpointOf } from '../address.ts';
import { sshd } from '../parsers/sshd.ts';
import type { Fields } from '#contract';
import { UTC_CLOCK } from '../zone.ts';
import { actor, type Entries, type Entry, entry, fromPeer, type Provider, sentence, tail, textOf } from './entry.ts';
import { setAnswers, setFile } from './places.ts';
import { addressIn, baseName, type Data, either, has, numberIn, set, setAccount, short } from './record.ts';

function setJob(draft: Fields, data: Data): void {
  setAccount(draft, 'user', either(data, 'UserName', 'UserContext'));
  set(draft, 'process.pid', numberIn(either(data, 'ProcessID', 'EnginePID')));
  const path = either(data, 'Path', 'ActionName');
  if (path === undefined || !path.includes('\\')) return;
  draft['process.executable'] = path;
  draft['process.name'] = baseName(path);
}

const job = (action: string, category: string, type: string, done: string, outcome?: 'success' | 'failure'): Entry =>
  entry(
    action,
    category,
    type,
    (data, draft) =>
      sentence('The scheduled job', has(data, 'TaskName') ?? '', done, tail('by ', textOf(draft, 'user.name'))) +
      (tail(': ', either(data, 'ActionName', 'Path')) ?? ''),
    outcome === undefined ? { set: setJob } : { outcome, set: setJob },
  );

const TASKS: Entries = {
  100: job('scheduled-task-started', 'process', 'start', 'started'),
  101: job('scheduled-task-start-failed', 'process', 'error', 'failed to start', 'failure'),
  102: job('scheduled-task-completed', 'process', 'end', 'ended', 'success'),
  103: job('scheduled-task-action-failed', 'process', 'error', 'failed', 'failure'),
  104: job('scheduled-task-logon-failed', 'process', 'error', 'could not log on', 'failure'),
  106: job('scheduled-task-created', 'configuration', 'creation', 'was made', 'success'),
  107: job('scheduled-task-triggered', 'process', 'info', 'was due'),
  108: job('scheduled-task-triggered', 'process', 'info', 'was started by an event'),
  110: job('scheduled-task-triggered', 'process', 'info', 'was started by hand'),
  111: job('scheduled-task-terminated', 'process', 'end', 'was stopped'),
  118: job('scheduled-task-triggered', 'process', 'info', 'was started with the computer'),
  119: job('scheduled-task-triggered', 'process', 'info', 'was started as somebody logged on'),
  129: job('scheduled-task-process-created', 'process', 'start', 'started a process'),
  140: job('scheduled-task-updated', 'configuration', 'change', 'was changed', 'success'),
  141: job('scheduled-task-deleted', 'configuration', 'deletion', 'was deleted', 'success'),
  142: job('scheduled-task-disabled', 'configuration', 'change', 'was disabled', 'success'),
  200: job('scheduled-task-action-started', 'process', 'start', 'runs'),
  201: job('scheduled-task-action-completed', 'process', 'end', 'has run'),
  203: job('scheduled-task-action-failed', 'process', 'error', 'could not run', 'failure'),
};

/** `LOCAL` for the screen itself. */
function setRemote(draft: Fields, data: Data): void {
  setAccount(draft, 'user', either(data, 'User', 'Username', 'Param1'));
  if (has(data, 'User') === undefined && has(data, 'Param2') !== undefined)
    set(draft, 'user.domain', has(data, 'Param2'));
  const peer = endpointOf(either(data, 'Address', 'Param3', 'IpAddress', 'ClientIP', 'IPString') ?? '');
  const address = addressIn(peer.address);
  set(draft, 'source.ip', address);
  if (address !== undefined) set(draft, 'source.port', peer.port);
  set(draft, 'session.id', either(data, 'SessionID', 'Session'));
}

const remote = (action: string, category: string, type: string, done: string, outcome?: 'success' | 'failure'): Entry =>
  entry(
    action,
    category,
    type,
    (_, draft) => sentence(actor(draft), done, fromPeer(draft)),
    outcome === undefined ? { set: setRemote } : { outcome, set: setRemote },
  );

const SESSIONS: Entries = {
  21: remote('logged-in', 'authentication session', 'start', 'logged on to a session', 'success'),
  22: remote('shell-started', 'session', 'info', 'got a desktop'),
  23: remote('logged-out', 'session', 'end', 'logged off from a session'),
  24: remote('session-disconnected', 'session', 'end', 'left a session open'),
  25: remote('session-reconnected', 'session', 'start', 'came back to a session', 'success'),
  39: entry('session-disconnected', 'session', 'end', (data) =>
    sentence('Session', either(data, 'TargetSession'), 'was cut off', tail('by session ', has(data, 'Source'))),
  ),
  40: entry('session-disconnected', 'session', 'end', (data) =>
    sentence('Session', has(data, 'Session'), 'was cut off', tail('for the reason ', has(data, 'Reason'))),
  ),
};

/** 1149: the network level was passed, which without NLA means no more than that somebody reached the port. */
const CONNECTIONS: Entries = {
  261: entry('connection-received', 'network', 'connection start', () => 'Somebody reached the remote desktop port'),
  1149: remote('remote-desktop-reached', 'network', 'connection start', 'reached remote desktop'),
};

const RDP_CORE: Entries = {
  131: entry(
    'connection-accepted',
    'network',
    'connection start',
    (_, draft) => sentence('A remote desktop connection', fromPeer(draft)),
    { set: setRemote },
  ),
  140: entry(
    'logon-failed',
    'authentication',
    'start',
    (_, draft) => sentence('A log-on by remote desktop failed: wrong user name or password,', fromPeer(draft)),
    { outcome: 'failure', set: setRemote },
  ),
};

const GATEWAY: Entries = {
  200: remote(
    'gateway-authorised',
    'authentication network',
    'start allowed',
    'may use the remote desktop gateway',
    'success',
  ),
  201: remote(
    'gateway-refused',
    'authentication network',
    'start denied',
    'may not use the remote desktop gateway',
    'failure',
  ),
  302: remote(
    'gateway-connected',
    'network session',
    'start connection',
    'connected through the remote desktop gateway',
    'success',
  ),
  303: remote('gateway-disconnected', 'network session', 'end connection', 'left the remote desktop gateway'),
};

function setWmi(draft: Fields, data: Data): void {
  setAccount(draft, 'user', has(data, 'User'));
  set(draft, 'process.pid', numberIn(either(data, 'ClientProcessId', 'Processid', 'ProcessID')));
}

const WMI: Entries = {
  5857: entry('wmi-provider-started', 'process', 'start', (data) =>
    sentence('The WMI provider', has(data, 'ProviderName'), 'started', tail('from ', has(data, 'ProviderPath'))),
  ),
  5858: entry(
    'wmi-query-failed',
    'process',
    'error',
    (data, draft) =>
      sentence('A WMI operation of', actor(draft), 'failed:', short(has(data, 'Operation') ?? 'unknown')),
    { set: setWmi },
  ),
  5859: entry(
    'wmi-subscription',
    'configuration',
    'info',
    (data) => sentence('A WMI filter starts:', short(has(data, 'Query') ?? has(data, 'PossibleCause') ?? 'unknown')),
    { set: setWmi },
  ),
  5860: entry(
    'wmi-temporary-subscription',
    'configuration',
    'creation',
    (data, draft) => sentence(actor(draft), 'watches by WMI:', short(has(data, 'Query') ?? 'unknown')),
    { set: setWmi },
  ),
  5861: entry('wmi-permanent-subscription', 'configuration', 'creation', (data) =>
    sentence('A lasting WMI subscription was made:', either(data, 'ESS', 'CONSUMER')),
  ),
};

function setTransfer(draft: Fields, data: Data): void {
  setAccount(draft, 'user', either(data, 'jobOwner', 'User'));
  const process = has(data, 'processPath');
  if (process !== undefined) {
    draft['process.executable'] = process;
    draft['process.name'] = baseName(process);
  }
  set(draft, 'process.pid', numberIn(has(data, 'processId')));
  set(draft, 'url.original', either(data, 'url', 'RemoteName'));
  const local = has(data, 'LocalName');
  if (local !== undefined) setFile(draft, local);
}

const transfer = (action: string, type: string, done: string, outcome?: 'success' | 'failure'): Entry =>
  entry(
    action,
    'network',
    type,
    (data, draft) =>
      sentence(
        'A background transfer',
        done,
        tail('of ', either(data, 'jobTitle', 'name', 'Job')),
        tail('from ', textOf(draft, 'url.original')),
        tail('to ', textOf(draft, 'file.path')),
      ),
    outcome === undefined ? { set: setTransfer } : { outcome, set: setTransfer },
  );

const BITS: Entries = {
  3: transfer('bits-job-created', 'creation', 'was made'),
  4: transfer('bits-job-completed', 'end', 'is complete'),
  5: transfer('bits-job-cancelled', 'end', 'was cancelled'),
  59: transfer('bits-transfer-started', 'start', 'began'),
  60: transfer('bits-transfer-stopped', 'end', 'stopped'),
  61: transfer('bits-transfer-failed', 'error', 'failed', 'failure'),
  16403: transfer('bits-job-file-added', 'creation', 'was given a file'),
};

function setNtlm(draft: Fields, data: Data): void {
  set(draft, 'user.name', either(data, 'UserName', 'ClientUserName', 'Username'));
  set(draft, 'user.domain', either(data, 'DomainName', 'ClientDomainName'));
  set(draft, 'source.domain', either(data, 'WorkstationName', 'Workstation'));
}

const ntlm = (what: string): Entry =>
  entry(
    'ntlm-authentication',
    'authentication',
    'info',
    (data, draft) => sentence(actor(draft), what, either(data, 'TargetName', 'SChannelName')),
    { set: setNtlm },
  );

const NTLM: Entries = {
  8001: ntlm('logs on with NTLM to'),
  8002: ntlm('logged on here with NTLM'),
  8003: ntlm('logged on here with NTLM'),
  8004: ntlm('logs on with NTLM to'),
};

function setName(draft: Fields, data: Data): void {
  set(draft, 'dns.question.name', either(data, 'QueryName', 'QNAME'));
  setAnswers(draft, has(data, 'QueryResults'));
}

const asks = entry(
  'dns-query',
  'network',
  'protocol info',
  (_, draft) => sentence('The computer asks for', textOf(draft, 'dns.question.name')),
  { set: setName },
);
const DNS: Entries = { 3006: asks, 3008: asks, 3010: asks, 3018: asks, 3020: asks };

/** Windows' own sshd: its lines are those of every other. */
function setPayload(draft: Fields, data: Data): void {
  const payload = has(data, 'payload');
  if (payload === undefined) return;
  draft['process.name'] = has(data, 'process') ?? 'sshd';
  const line = {
    program: 'sshd',
    pid: undefined,
    host: undefined,
    time: undefined,
    message: payload,
    clock: UTC_CLOCK,
    memory: { source: '' },
  };
  Object.assign(draft, sshd.parse?.(payload, line));
}

const ssh = entry(
  'ssh',
  'network',
  'info',
  (data) => sentence(has(data, 'process') ?? 'sshd', 'says:', short(has(data, 'payload') ?? '', 400)),
  { set: setPayload },
);
const OPENSSH: Entries = { 1: ssh, 2: ssh, 3: ssh, 4: ssh, 5: ssh, 6: ssh };

const wireless = (action: string, type: string, done: string, outcome?: 'success' | 'failure'): Entry =>
  entry(
    action,
    'network',
    type,
    (data) => sentence('The computer', done, either(data, 'SSID', 'ProfileName', 'Name')),
    outcome === undefined ? {} : { outcome },
  );

export const OPERATIONAL: readonly Provider[] = [
  { names: ['Microsoft-Windows-TaskScheduler'], events: TASKS },
  { names: ['Microsoft-Windows-TerminalServices-LocalSessionManager'], events: SESSIONS },
  { names: ['Microsoft-Windows-TerminalServices-RemoteConnectionManager'], events: CONNECTIONS },
  { names: ['Microsoft-Windows-RemoteDesktopServices-RdpCoreTS'], events: RDP_CORE },
  { names: ['Microsoft-Windows-TerminalServices-Gateway'], events: GATEWAY },
  { names: ['Microsoft-Windows-WMI-Activity'], events: WMI },
  { names: ['Microsoft-Windows-Bits-Client'], events: BITS },
  { names: ['Microsoft-Windows-NTLM'], events: NTLM },
  { names: ['Microsoft-Windows-DNS-Client'], events: DNS },
  { names: ['OpenSSH'], events: OPENSSH },
  {
    names: ['Microsoft-Windows-WLAN-AutoConfig'],
    events: {
      8001: wireless('wireless-connected', 'connection start', 'joined the wireless network', 'success'),
      8002: wireless('wireless-failed', 'connection error', 'could not join the wireless network', 'failure'),
      8003: wireless('wireless-disconnected', 'connection end', 'left the wireless network'),
    },
  },
  {
    names: ['Microsoft-Windows-NetworkProfile'],
    events: {
      10000: wireless('network-connected', 'connection start', 'is on the network'),
      10001: wireless('network-disconnected', 'connection end', 'left the network'),
    },
  },
];
