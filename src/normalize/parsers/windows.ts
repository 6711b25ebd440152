/**
 * Windows' event log: records of evtx_dump and of our own readers, Winlogbeat, NXLog, Fluent Bit, Wazuh, Velociraptor, and the XML that Windows
 * itself renders. What each event means stands in tables by provider, in `normalize/windows`.
 */
import type { Parser } from './parser.ts';
import { setWindowsEvent } from '../windows/index.ts';

export const windows: Parser = {
  name: 'windows',
  programs: [],
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
  take: setWindowsEvent,
};
