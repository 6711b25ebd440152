/**
 * Windows' event log: records of evtx_dump and of our own readers, Winlogbeat, NXLog, Fluent Bit, Wazuh, Velociraptor, and the XML that Windows
 * itself renders. What each event means stands in tables by provider, in `normalize/windows`.
 */
import type { Parser } from './parser.ts';
import { WINDOWS_NAMES, windowsEvent, windowsText } from '../windows/index.ts';

export const windows: Parser = {
  name: 'windows',
  programs: ['winevtlog', 'mswineventlog', 'security-auditing', 'microsoft-windows-security-auditing'],
  types: [
    'winlog',
    'winlogbeat',
    'wineventlog',
    'wineventlogs',
    'eventlog',
    'evtx',
    'sysmon',
    'nxlog',
    'windows-event-log',
    'windows-security',
  ],
  records: [
    { keys: ['Event.System.EventID'] },
    { keys: ['winlog.event_id'] },
    { keys: ['EventID', 'Channel'] },
    { keys: ['win.system.eventID'] },
  ],
  dataset: 'windows.eventlog',
  product: 'windows',
  service: 'eventlog',
  signatures: [
    {
      has: ['WinEvtLog: '],
      test: /^(?:\d{4} [A-Z][a-z]{2} [ \d]\d [\d:]{8} )?WinEvtLog: [^:]{1,80}: [A-Z_]{4,20}\(\d{1,5}\): /,
    },
    { starts: 'MSWinEventLog\t', test: /^MSWinEventLog\t\d\t/ },
    { starts: 'MSWinEventLog#011', test: /^MSWinEventLog#011\d#011/ },
  ],
  takes: WINDOWS_NAMES,
  take: windowsEvent,
  parse: windowsText,
};
