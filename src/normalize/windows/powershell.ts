/**
 * PowerShell's two logs. 5.1 and 7 write script blocks (4104) and commands (4103) into an Operational channel; the classic channel (400, 600,
 * 800) has three texts without names, the last or second of which lists `Name=value`, one a line.
 */
import type { Fields } from '#contract';
import { actor, type Entries, entry, type Provider, sentence, tail, textOf } from './entry.ts';
import { type Data, has, numberIn, set, setAccount, short, unnamed, type WindowsRecord } from './record.ts';
import { setFile } from './places.ts';

/** Of a listing only so much is looked at: the script that it quotes stands behind. */
const LISTED = 16_384;
const MAX_LINES = 64;

/** `Host Application = powershell.exe -nop` or `\tHostApplication=powershell.exe -nop` → name without blanks → value. */
function listing(text: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (text === undefined) return found;
  for (const line of text.slice(0, LISTED).split('\n', MAX_LINES)) {
    const at = line.indexOf('=');
    if (at < 1 || at > 60) continue;
    const name = line.slice(0, at).replaceAll(' ', '').trim();
    const value = line.slice(at + 1).trim();
    if (value !== '' && !found.has(name)) found.set(name, value);
  }
  return found;
}

function setListed(draft: Fields, list: ReadonlyMap<string, string>): void {
  const command = list.get('HostApplication');
  if (command !== undefined) draft['process.command_line'] = command;
  const script = list.get('ScriptName');
  if (script !== undefined) setFile(draft, script);
  if (list.has('User') || list.has('UserId')) setAccount(draft, 'user', list.get('User') ?? list.get('UserId'));
  set(draft, 'powershell.engine.version', list.get('EngineVersion'));
  set(draft, 'powershell.command.name', list.get('CommandName'));
  set(draft, 'powershell.command.type', list.get('CommandType'));
  set(draft, 'powershell.command.path', list.get('CommandPath'));
  set(draft, 'powershell.pipeline_id', list.get('PipelineID') ?? list.get('PipelineId'));
  set(draft, 'powershell.runspace_id', list.get('RunspaceID') ?? list.get('RunspaceId'));
  set(draft, 'powershell.process.executable_version', list.get('HostVersion'));
}

/** The event is written by the process that it is about. */
function setOwn(draft: Fields, record: WindowsRecord): void {
  set(draft, 'process.pid', record.envelope['winlog.process.pid']);
  set(draft, 'user.id', record.envelope['winlog.user.identifier']);
}

function setScript(draft: Fields, data: Data): void {
  set(draft, 'powershell.file.script_block_id', has(data, 'ScriptBlockId'));
  set(draft, 'powershell.sequence', numberIn(has(data, 'MessageNumber')));
  set(draft, 'powershell.total', numberIn(has(data, 'MessageTotal')));
  const path = has(data, 'Path');
  if (path !== undefined) setFile(draft, path);
}

function part(data: Data): string | undefined {
  const total = has(data, 'MessageTotal');
  return total === undefined || total === '1' ? undefined : `(part ${has(data, 'MessageNumber') ?? '?'} of ${total})`;
}

const OPERATIONAL: Entries = {
  4100: entry('Executing Pipeline', 'process', 'error', (data) =>
    sentence('PowerShell failed:', short(has(data, 'Payload') ?? 'no reason given')),
  ),
  4103: entry(
    'Executing Pipeline',
    'process',
    'info',
    (data, draft) =>
      sentence(
        textOf(draft, 'user.name') ?? 'Somebody',
        'ran in PowerShell:',
        textOf(draft, 'powershell.command.name'),
        short(has(data, 'Payload') ?? ''),
      ),
    { label: 'ps_module', set: (draft, data) => setListed(draft, listing(has(data, 'ContextInfo'))) },
  ),
  4104: entry(
    'Execute a Remote Command',
    'process',
    'info',
    (data, draft) =>
      sentence('PowerShell runs a script', tail('from ', textOf(draft, 'file.path')), part(data)) +
      (has(data, 'ScriptBlockText') === undefined
        ? ''
        : `: ${short((has(data, 'ScriptBlockText') ?? '').slice(0, 400))}`),
    { label: 'ps_script', set: setScript },
  ),
  4105: entry('Starting Command', 'process', 'start', () => 'PowerShell began to run a script', { set: setScript }),
  4106: entry('Stopping Command', 'process', 'end', () => 'PowerShell ran a script to its end', { set: setScript }),
  40961: entry('PowerShell Console Startup', 'process', 'start', () => 'A PowerShell console is starting'),
  40962: entry('PowerShell Console Startup', 'process', 'start', () => 'A PowerShell console started'),
  53504: entry('PowerShell Named Pipe IPC', 'process', 'info', () => 'PowerShell listens on its named pipe'),
};

export const powershell: Provider = {
  names: ['Microsoft-Windows-PowerShell', 'PowerShellCore'],
  moves: { ScriptBlockText: 'powershell.file.script_block_text' },
  events: OPERATIONAL,
  set: (draft, _, __, record) => setOwn(draft, record),
};

function setClassic(draft: Fields, data: Data): void {
  // 800 has the listing second, all others third.
  const third = listing(unnamed(data, 2));
  setListed(draft, third.has('HostApplication') || third.has('HostName') ? third : listing(unnamed(data, 1)));
}

const command = (draft: Fields): string | undefined => tail(': ', textOf(draft, 'process.command_line'));

const CLASSIC: Entries = {
  400: entry('Engine Lifecycle', 'process', 'start', (_, draft) => `PowerShell started${command(draft) ?? ''}`, {
    label: 'ps_classic_start',
  }),
  403: entry('Engine Lifecycle', 'process', 'end', (_, draft) => `PowerShell ended${command(draft) ?? ''}`),
  500: entry(
    'Command Lifecycle',
    'process',
    'start',
    (_, draft) => `PowerShell began a command${command(draft) ?? ''}`,
  ),
  501: entry('Command Lifecycle', 'process', 'end', (_, draft) => `PowerShell ended a command${command(draft) ?? ''}`),
  600: entry(
    'Provider Lifecycle',
    'process',
    'info',
    (data, draft) => sentence("PowerShell's provider", unnamed(data, 0), 'started') + (command(draft) ?? ''),
    { label: 'ps_classic_provider_start' },
  ),
  800: entry(
    'Pipeline Execution Details',
    'process',
    'info',
    (data, draft) => sentence(actor(draft), 'ran in PowerShell:', short(unnamed(data, 0) ?? 'a command')),
    { label: 'ps_classic_script' },
  ),
};

export const powershellClassic: Provider = { names: ['PowerShell'], events: CLASSIC, set: setClassic };
