/** What guards a Windows machine: Defender, the firewall's own log, AppLocker and Code Integrity. */
import type { Fields } from '#contract';
import { type Entries, type Entry, entry, type Provider, sentence, tail, textOf } from './entry.ts';
import { setFile } from './places.ts';
import { baseName, type Data, either, has, numberIn, set, setAccount } from './record.ts';

/** `file:_C:\x.exe; process:_pid:42`: the first file. */
function fileOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const end = path.indexOf(';');
  const first = (end === -1 ? path : path.slice(0, end)).trim();
  if (/^[A-Za-z]:\\/.test(first) || first.startsWith('\\\\')) return first;
  return /^(?:file|containerfile):_?(.*)$/s.exec(first)?.[1];
}

function setThreat(draft: Fields, data: Data): void {
  set(draft, 'rule.name', either(data, 'ThreatName', 'SignatureName'));
  set(draft, 'rule.id', either(data, 'ThreatID', 'ThreatId'));
  set(draft, 'rule.category', has(data, 'CategoryName'));
  setProtected(draft, data);
}

function setProtected(draft: Fields, data: Data): void {
  setAccount(draft, 'user', either(data, 'DetectionUser', 'RemediationUser', 'User'));
  const process = has(data, 'ProcessName');
  if (process !== undefined && process.toLowerCase() !== 'unknown') {
    draft['process.executable'] = process;
    draft['process.name'] = baseName(process);
  }
  const path = fileOf(either(data, 'Path', 'InvolvedFile'));
  if (path !== undefined) setFile(draft, path);
}

/** A rule of attack surface reduction, by its GUID. */
function setReduction(draft: Fields, data: Data): void {
  set(draft, 'rule.id', has(data, 'ID'));
  setProtected(draft, data);
}

const where = (draft: Fields): string | undefined => tail('in ', textOf(draft, 'file.path'));
const threat = (draft: Fields): string => textOf(draft, 'rule.name') ?? 'malware';
const MALWARE = 'malware intrusion_detection';

const found = (action: string, what: string): Entry =>
  entry(action, MALWARE, 'info', (_, draft) => sentence('Defender', what, threat(draft), where(draft)), {
    label: 'antivirus',
    set: setThreat,
  });

const acted = (action: string, type: string, outcome: 'success' | 'failure', what: string): Entry =>
  entry(
    action,
    MALWARE,
    type,
    (data, draft) =>
      sentence('Defender', what, threat(draft), tail('(', has(data, 'ActionName')?.concat(')')), where(draft)),
    { outcome, label: 'antivirus', set: setThreat },
  );

const protection = (action: string, type: string, what: string): Entry =>
  entry(
    action,
    'configuration',
    type,
    (data) => sentence(what, tail('from ', has(data, 'OldValue')), tail('to ', has(data, 'NewValue'))),
    { set: setProtected },
  );

const blocked = (action: string, type: string, what: string): Entry =>
  entry(
    action,
    'intrusion_detection',
    type,
    (_, draft) => sentence('Defender', what, textOf(draft, 'process.name'), where(draft)),
    {
      ...(type === 'denied' ? { outcome: 'failure' as const } : {}),
      set: setReduction,
    },
  );

const DEFENDER: Entries = {
  1000: entry('scan-started', 'malware', 'start', () => 'A scan by Defender began'),
  1001: entry('scan-finished', 'malware', 'end', () => 'A scan by Defender ended'),
  1002: entry('scan-stopped', 'malware', 'end', (data) =>
    sentence('A scan by Defender was stopped', tail('by ', has(data, 'User'))),
  ),
  1005: entry('scan-failed', 'malware', 'error', () => 'A scan by Defender failed'),
  1006: found('malware-detected', 'found'),
  1007: acted('malware-action', 'change', 'success', 'dealt with'),
  1008: acted('malware-action-failed', 'error', 'failure', 'failed to deal with'),
  1009: acted('quarantine-restored', 'change', 'success', 'brought back out of quarantine:'),
  1010: acted('quarantine-restore-failed', 'error', 'failure', 'failed to bring back'),
  1011: acted('quarantine-deleted', 'deletion', 'success', 'deleted from quarantine:'),
  1012: acted('quarantine-delete-failed', 'error', 'failure', 'failed to delete from quarantine:'),
  1013: entry(
    'history-deleted',
    'malware',
    'deletion',
    (data) => sentence("Defender's history was deleted", tail('by ', has(data, 'User'))),
    { set: setProtected },
  ),
  1015: found('behaviour-detected', 'saw suspicious behaviour:'),
  1116: found('malware-detected', 'found'),
  1117: acted('malware-action', 'change', 'success', 'dealt with'),
  1118: acted('malware-action-failed', 'error', 'failure', 'failed to deal with'),
  1119: acted('malware-action-failed', 'error', 'failure', 'failed to deal with'),
  1121: blocked('attack-surface-blocked', 'denied', 'blocked, by a rule against attacks:'),
  1122: blocked('attack-surface-audited', 'info', 'would have blocked, by a rule against attacks:'),
  1123: blocked('folder-access-blocked', 'denied', 'kept out of a protected folder:'),
  1124: blocked('folder-access-audited', 'info', 'would have kept out of a protected folder:'),
  1125: blocked('network-protection-audited', 'info', 'would have blocked a connection of'),
  1126: blocked('network-protection-blocked', 'denied', 'blocked a connection of'),
  1127: blocked('folder-access-blocked', 'denied', 'kept from changing the disk:'),
  1128: blocked('folder-access-audited', 'info', 'would have kept from changing the disk:'),
  1150: entry('healthy', 'host', 'info', () => 'Defender is up and healthy'),
  1151: entry('healthy', 'host', 'info', () => 'Defender is up and reports on itself'),
  2000: entry('signatures-updated', 'package', 'change', () => "Defender's signatures were updated", {
    outcome: 'success',
  }),
  2001: entry('signature-update-failed', 'package', 'error', () => "Updating Defender's signatures failed", {
    outcome: 'failure',
  }),
  2002: entry('engine-updated', 'package', 'change', () => "Defender's engine was updated", { outcome: 'success' }),
  2003: entry('engine-update-failed', 'package', 'error', () => "Updating Defender's engine failed", {
    outcome: 'failure',
  }),
  3002: entry('real-time-protection-failed', 'host', 'error', () => "Defender's real-time protection failed"),
  3007: entry('real-time-protection-recovered', 'host', 'info', () => "Defender's real-time protection works again"),
  5000: protection('real-time-protection-enabled', 'change', "Defender's real-time protection was turned on"),
  5001: protection('real-time-protection-disabled', 'change', "Defender's real-time protection was turned off"),
  5004: protection('real-time-protection-changed', 'change', "Defender's real-time protection was changed"),
  5007: protection('configuration-changed', 'change', "Defender's settings were changed"),
  5008: entry('engine-failed', 'host', 'error', () => "Defender's engine failed"),
  5009: protection('spyware-scanning-enabled', 'change', 'Scanning for malware was turned on'),
  5010: protection('spyware-scanning-disabled', 'change', 'Scanning for malware was turned off'),
  5011: protection('virus-scanning-enabled', 'change', 'Scanning for viruses was turned on'),
  5012: protection('virus-scanning-disabled', 'change', 'Scanning for viruses was turned off'),
  5013: protection('tampering-blocked', 'denied', 'Somebody tried to change Defender, and was stopped:'),
  5101: entry('licence-expired', 'host', 'info', () => 'The licence of Defender has expired'),
};

function setRule(draft: Fields, data: Data): void {
  set(draft, 'rule.name', has(data, 'RuleName'));
  set(draft, 'rule.id', has(data, 'RuleId'));
  set(draft, 'user.id', has(data, 'ModifyingUser'));
  const application = has(data, 'ModifyingApplication');
  if (application === undefined) return;
  draft['process.executable'] = application;
  draft['process.name'] = baseName(application);
}

const rule = (action: string, type: string, what: string): Entry =>
  entry(
    action,
    'configuration',
    type,
    (data, draft) =>
      sentence(
        what,
        has(data, 'RuleName'),
        tail('for ', has(data, 'ApplicationPath')),
        tail('by ', textOf(draft, 'process.name')),
      ),
    { set: setRule },
  );

const ADDED = rule('windows-firewall-rule-added', 'creation', 'A firewall rule was added:');
const CHANGED = rule('windows-firewall-rule-modified', 'change', 'A firewall rule was changed:');
const DELETED = rule('windows-firewall-rule-deleted', 'deletion', 'A firewall rule was deleted:');
const SETTING = rule('windows-firewall-setting-changed', 'change', 'A setting of the firewall was changed');
const CLEARED = rule('windows-firewall-rules-cleared', 'deletion', 'All firewall rules were deleted');

const FIREWALL: Entries = {
  2002: SETTING,
  2003: SETTING,
  2004: ADDED,
  2005: CHANGED,
  2006: DELETED,
  2008: SETTING,
  2009: entry(
    'windows-firewall-policy-failed',
    'configuration',
    'error',
    () => 'The firewall could not load its group policy',
  ),
  2010: SETTING,
  2032: rule('windows-firewall-restored', 'change', "The firewall's settings were reset"),
  2033: CLEARED,
  2052: DELETED,
  2059: CLEARED,
  2060: rule('windows-firewall-restored', 'change', "The firewall's settings were reset"),
  2071: ADDED,
  2073: CHANGED,
  2082: SETTING,
  2083: SETTING,
  2097: ADDED,
  2099: CHANGED,
};

function setVerdict(draft: Fields, data: Data): void {
  const path = either(data, 'FullFilePath', 'FilePath');
  if (path !== undefined) setFile(draft, path);
  set(draft, 'rule.name', has(data, 'RuleName'));
  set(draft, 'rule.id', has(data, 'RuleId'));
  set(draft, 'user.id', has(data, 'TargetUser'));
  set(draft, 'process.pid', numberIn(has(data, 'TargetProcessId')));
}

const verdict = (action: string, type: string, what: string): Entry =>
  entry(
    action,
    'process',
    type,
    (_, draft) =>
      sentence('AppLocker', what, textOf(draft, 'file.path') ?? 'a program', tail('of ', textOf(draft, 'user.name'))),
    {
      ...(type === 'denied'
        ? { outcome: 'failure' as const }
        : type === 'allowed'
          ? { outcome: 'success' as const }
          : {}),
      set: setVerdict,
    },
  );

const MAY = verdict('applocker-allowed', 'allowed', 'allowed');
const WOULD = verdict('applocker-audited', 'info', 'would have blocked');
const MAY_NOT = verdict('applocker-blocked', 'denied', 'blocked');

const APPLOCKER: Entries = {
  8002: MAY,
  8003: WOULD,
  8004: MAY_NOT,
  8005: MAY,
  8006: WOULD,
  8007: MAY_NOT,
  8020: MAY,
  8021: WOULD,
  8022: MAY_NOT,
  8023: MAY,
  8024: WOULD,
  8025: MAY_NOT,
};

/** Kernel paths, `\Device\HarddiskVolume3\…`. */
function setImage(draft: Fields, data: Data): void {
  const path = either(data, 'FileNameBuffer', 'FileName');
  if (path !== undefined) setFile(draft, path);
  const process = either(data, 'ProcessNameBuffer', 'ProcessName');
  if (process === undefined) return;
  draft['process.executable'] = process;
  draft['process.name'] = baseName(process);
}

const integrity = (action: string, type: string, what: string): Entry =>
  entry(
    action,
    'driver',
    type,
    (_, draft) =>
      sentence(
        'Code integrity',
        what,
        textOf(draft, 'file.path') ?? 'a file',
        tail('for ', textOf(draft, 'process.name')),
      ),
    {
      ...(type === 'denied' ? { outcome: 'failure' as const } : {}),
      set: setImage,
    },
  );

const INTEGRITY: Entries = {
  3001: integrity('unsigned-driver-loaded', 'info', 'let an unsigned driver load:'),
  3002: integrity('image-unverified', 'error', 'could not verify'),
  3004: integrity('image-unverified', 'error', 'could not verify'),
  3023: integrity('revoked-driver-blocked', 'denied', 'blocked a withdrawn driver:'),
  3024: integrity('policy-unreadable', 'error', 'could not read its policy:'),
  3033: integrity('unsigned-image-blocked', 'denied', 'blocked'),
  3034: integrity('unsigned-image-audited', 'info', 'would have blocked'),
  3036: integrity('revoked-image-blocked', 'denied', 'blocked a withdrawn file:'),
  3037: integrity('image-unverified', 'info', 'found the signature not valid of'),
  3063: integrity('image-blocked', 'denied', 'blocked'),
  3065: integrity('image-audited', 'info', 'would have blocked'),
  3066: integrity('image-audited', 'info', 'would have blocked'),
  3076: integrity('image-audited', 'info', 'would have blocked'),
  3077: integrity('image-blocked', 'denied', 'blocked'),
  3082: integrity('revoked-driver-audited', 'info', 'would have blocked a withdrawn driver:'),
  3083: integrity('revoked-driver-blocked', 'denied', 'blocked a withdrawn driver:'),
  3104: integrity('unsigned-image-blocked', 'denied', 'blocked'),
};

export const PROTECTION: readonly Provider[] = [
  { names: ['Microsoft-Windows-Windows Defender', 'Windows Defender', 'Microsoft Antimalware'], events: DEFENDER },
  { names: ['Microsoft-Windows-Windows Firewall With Advanced Security'], events: FIREWALL },
  { names: ['Microsoft-Windows-AppLocker'], events: APPLOCKER },
  { names: ['Microsoft-Windows-CodeIntegrity'], events: INTEGRITY },
];
