/**
 * Events of Windows of which only the number and the data are left: `{"EventID": 1, "Image": …}`, as people keep them in tables. The number and the
 * names together say which log it was; a number alone says nothing, every provider counts from one.
 */
import { fieldOf } from '../fields.ts';

type Tree = Readonly<Record<string, unknown>>;

interface Place {
  readonly channel: string;
  readonly provider: string;
  readonly numbers: readonly (readonly [from: number, to: number])[];
  /** One of these names must be there. */
  readonly names: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ');

const PLACES: readonly Place[] = [
  {
    channel: 'Microsoft-Windows-Sysmon/Operational',
    provider: 'Microsoft-Windows-Sysmon',
    numbers: [
      [1, 29],
      [255, 255],
    ],
    names: words(
      'ProcessGuid UtcTime Image SourceImage TargetImage ImageLoaded TargetFilename TargetObject QueryName PipeName EventNamespace CommandLine ParentImage ParentCommandLine OriginalFileName Hashes Hash DestinationIp DestinationHostname DestinationPort CallTrace StartAddress StartModule NewName',
    ),
  },
  {
    channel: 'Security',
    provider: 'Microsoft-Windows-Security-Auditing',
    numbers: [
      [4608, 5159],
      [5376, 5382],
      [5440, 5493],
      [5632, 5633],
      [5888, 5890],
      [6144, 6145],
      [6272, 6281],
      [6400, 6424],
    ],
    names: words(
      'SubjectUserName SubjectUserSid SubjectLogonId TargetUserName TargetUserSid TargetSid ObjectName ProcessName NewProcessName IpAddress Application Status AccountName CallerProcessName ServiceName',
    ),
  },
  {
    channel: 'Microsoft-Windows-PowerShell/Operational',
    provider: 'Microsoft-Windows-PowerShell',
    numbers: [[4100, 4106]],
    names: words('ScriptBlockText ScriptBlockId Payload ContextInfo'),
  },
  {
    channel: 'Windows PowerShell',
    provider: 'PowerShell',
    numbers: [
      [400, 403],
      [600, 600],
      [800, 800],
    ],
    names: words('HostApplication HostName EngineVersion Data'),
  },
  {
    channel: 'System',
    provider: 'Service Control Manager',
    numbers: [[7000, 7045]],
    names: words('ServiceName ImagePath StartType AccountName param1 param2'),
  },
  {
    channel: 'Microsoft-Windows-TaskScheduler/Operational',
    provider: 'Microsoft-Windows-TaskScheduler',
    numbers: [[100, 332]],
    names: words('TaskName TaskInstanceId'),
  },
  {
    channel: 'Microsoft-Windows-WMI-Activity/Operational',
    provider: 'Microsoft-Windows-WMI-Activity',
    numbers: [[5857, 5861]],
    names: words('PossibleCause CONSUMER ESS Operation NamespaceName ProviderName'),
  },
  {
    channel: 'Microsoft-Windows-Windows Defender/Operational',
    provider: 'Microsoft-Windows-Windows Defender',
    numbers: [[1000, 5101]],
    names: ['Threat Name', 'ThreatName', 'Threat ID', 'Feature Name'],
  },
];

const numberOf = (value: unknown): number =>
  typeof value === 'string' ? Number(value || Number.NaN) : typeof value === 'number' ? value : Number.NaN;

/** One word may be anybody's; two of them, with a number of that log under Windows' own name for it, are Windows'. */
const PROOF = 2;

/** The record with its log's name, where that can be told. `sure`: where nobody else writes such a record. */
export function withChannel(record: Tree, sure: boolean): Tree | undefined {
  const given =
    fieldOf(record, 'EventID') ?? fieldOf(record, 'EventId') ?? (sure ? undefined : fieldOf(record, 'event_id'));
  if (given === undefined) return undefined;
  const number = numberOf(given);
  if (!Number.isInteger(number)) return undefined;
  const least = sure ? PROOF : 1;
  const place = PLACES.find(
    ({ numbers, names }) =>
      numbers.some(([from, to]) => number >= from && number <= to) &&
      names.filter((name) => (fieldOf(record, name) ?? null) !== null).length >= least,
  );
  if (place === undefined) return undefined;
  return { EventID: number, Channel: place.channel, ProviderName: place.provider, ...record };
}
