/** Security: processes, services, jobs, shares, files, the registry and devices. */
import type { Fields } from '#contract';
import { actor, byActor, type Entries, type Entry, entry, fromPeer, sentence, tail, textOf } from './entry.ts';
import { baseName, type Data, either, has, numberIn, set, short } from './record.ts';
import { setFile, setRegistry } from './places.ts';
import { setPeerOf } from './security-logon.ts';

function setImage(draft: Fields, path: string | undefined, field = 'process'): void {
  if (path === undefined) return;
  draft[`${field}.executable`] = path;
  draft[`${field}.name`] = baseName(path);
}

/** 4688: `ProcessId` is the parent's. Since Windows 8.1 and 10 there are the command line, where it is configured, and the parent's path. */
function setCreated(draft: Fields, data: Data): void {
  setImage(draft, has(data, 'NewProcessName'));
  setImage(draft, has(data, 'ParentProcessName'), 'process.parent');
  set(draft, 'process.pid', numberIn(has(data, 'NewProcessId')));
  set(draft, 'process.parent.pid', numberIn(has(data, 'ProcessId')));
  const level = INTEGRITY[has(data, 'MandatoryLabel') ?? ''];
  set(draft, 'winlog.event_data.IntegrityLevel', level);
}

/** Sysmon's words for the labels of mandatory integrity. */
const INTEGRITY: Readonly<Record<string, string>> = {
  'S-1-16-0': 'Untrusted',
  'S-1-16-4096': 'Low',
  'S-1-16-8192': 'Medium',
  'S-1-16-8448': 'Medium',
  'S-1-16-12288': 'High',
  'S-1-16-16384': 'System',
};

function setProcess(draft: Fields, data: Data): void {
  setImage(draft, either(data, 'ProcessName', 'CallerProcessName'));
  set(draft, 'process.pid', numberIn(either(data, 'ProcessId', 'CallerProcessId')));
}

/** 4656 to 4663 and 4670: what kind of object it is decides where its name goes. */
function setObject(draft: Fields, data: Data): void {
  setProcess(draft, data);
  const name = has(data, 'ObjectName');
  if (name === undefined) return;
  if (has(data, 'ObjectType') === 'File') setFile(draft, name);
  else if (has(data, 'ObjectType') === 'Key') setRegistry(draft, name, has(data, 'ObjectValueName'));
}

function setValue(draft: Fields, data: Data): void {
  setProcess(draft, data);
  const name = has(data, 'ObjectName');
  if (name !== undefined) setRegistry(draft, name, has(data, 'ObjectValueName'));
  set(draft, 'registry.data.strings', has(data, 'NewValue'));
}

/** %%1904 new, %%1905 changed, %%1906 deleted. */
const valueLabel = (data: Data): string =>
  has(data, 'OperationType') === '%%1906' ? 'registry_delete' : 'registry_set';

function setService(draft: Fields, data: Data): void {
  set(draft, 'service.name', has(data, 'ServiceName'));
}

/** `\\*\C$` and a path below it. */
function setShare(draft: Fields, data: Data): void {
  setPeerOf(draft, data);
  const name = has(data, 'RelativeTargetName');
  const folder = has(data, 'ShareLocalPath')?.replace(/^\\\?\?\\/, '');
  if (name !== undefined && name !== '\\')
    setFile(draft, folder === undefined ? name : `${folder.replace(/\\$/, '')}\\${name}`);
  const share = has(data, 'ShareName');
  if (share !== undefined && name !== undefined) draft['file.target_path'] = `${share}\\${name}`;
}

const share = (action: string, type: string, done: string): Entry =>
  entry(
    action,
    'network file',
    type,
    (data, draft) =>
      sentence(
        actor(draft),
        fromPeer(draft),
        done,
        tail('', has(data, 'RelativeTargetName')) ?? 'something',
        tail('on the share ', has(data, 'ShareName')),
      ),
    { set: setShare },
  );

const job = (action: string, type: string, done: string): Entry =>
  entry(action, 'iam configuration', `admin ${type}`, (data, draft) =>
    sentence(actor(draft), done, 'the scheduled job', has(data, 'TaskName')),
  );

const object = (action: string, category: string, type: string, done: string): Entry =>
  entry(
    action,
    category,
    type,
    (data, draft) =>
      sentence(
        actor(draft),
        tail('with ', textOf(draft, 'process.name')),
        draft['event.outcome'] === 'failure' ? `was refused: ${done}` : done,
        either(data, 'ObjectName', 'ObjectServer'),
      ),
    { set: setObject },
  );

const service = (_: Data, draft: Fields): string => textOf(draft, 'service.name') ?? 'a service';

export const OBJECT_EVENTS: Entries = {
  4656: object('object-handle-requested', '', 'access', 'asked for'),
  4657: entry(
    'registry-value-modified',
    'registry configuration',
    'change',
    (data, draft) =>
      sentence(
        actor(draft),
        tail('with ', textOf(draft, 'process.name')),
        has(data, 'OperationType') === '%%1906' ? 'deleted' : 'set',
        textOf(draft, 'registry.path'),
        tail('to ', has(data, 'NewValue')),
      ),
    { label: valueLabel, set: setValue },
  ),
  4658: object('object-handle-closed', '', 'info', 'closed'),
  4659: object('object-handle-requested-to-delete', '', 'access', 'asked to delete'),
  4660: object('object-deleted', '', 'deletion', 'deleted'),
  4661: object('object-handle-requested', 'iam', 'access', 'asked for'),
  4662: object('object-operation-performed', 'iam configuration', 'admin change', 'worked on'),
  4663: object('object-accessed', '', 'access', 'used'),
  4664: object('hard-link-created', 'file', 'creation', 'made a link to'),
  4670: object('permissions-changed', 'iam configuration', 'admin change', 'changed the permissions of'),
  4673: entry(
    'privileged-service-called',
    'iam',
    'admin',
    (data, draft) =>
      sentence(
        actor(draft),
        tail('with ', textOf(draft, 'process.name')),
        draft['event.outcome'] === 'failure' ? 'was refused' : 'used',
        has(data, 'PrivilegeList') ?? 'a right',
      ),
    { set: setProcess },
  ),
  4674: entry(
    'privileged-operation',
    'iam',
    'admin',
    (data, draft) =>
      sentence(
        actor(draft),
        tail('with ', textOf(draft, 'process.name')),
        draft['event.outcome'] === 'failure' ? 'was refused' : 'used',
        has(data, 'PrivilegeList') ?? 'a right',
        tail('on ', has(data, 'ObjectName')),
      ),
    { set: setProcess },
  ),
  4688: entry(
    'created-process',
    'process',
    'start',
    (data, draft) =>
      sentence(
        actor(draft),
        'started',
        textOf(draft, 'process.name') ?? 'a process',
        tail('from ', textOf(draft, 'process.parent.name')),
      ) + (has(data, 'CommandLine') === undefined ? '' : `: ${short(has(data, 'CommandLine') ?? '')}`),
    { label: 'process_creation', target: 'effective', set: setCreated },
  ),
  4689: entry(
    'exited-process',
    'process',
    'end',
    (_, draft) => sentence(textOf(draft, 'process.name') ?? 'A process', 'of', actor(draft), 'ended'),
    { set: setProcess },
  ),
  4690: object('handle-duplicated', '', 'access', 'copied a handle to'),
  4691: object('object-indirectly-accessed', '', 'access', 'used'),
  4692: entry(
    'dpapi-master-key-backup',
    'iam',
    'info',
    (_, draft) => `${actor(draft)}'s master key for stored secrets was backed up`,
  ),
  4693: entry(
    'dpapi-master-key-recovery',
    'iam',
    'info',
    (_, draft) => `${actor(draft)}'s master key for stored secrets was recovered`,
  ),
  4696: entry('token-assigned', 'process', 'info', (_, draft) => `${actor(draft)} gave a process its token`, {
    set: setProcess,
  }),
  4697: entry(
    'service-installed',
    'iam configuration',
    'admin change',
    (data, draft) =>
      sentence(
        actor(draft),
        'installed the service',
        service(data, draft),
        tail('that runs ', has(data, 'ServiceFileName')),
      ),
    { set: setService },
  ),
  4698: job('scheduled-task-created', 'creation', 'made'),
  4699: job('scheduled-task-deleted', 'deletion', 'deleted'),
  4700: job('scheduled-task-enabled', 'change', 'enabled'),
  4701: job('scheduled-task-disabled', 'change', 'disabled'),
  4702: job('scheduled-task-updated', 'change', 'changed'),
  4985: entry('transaction-state-changed', 'file', 'info', () => 'A file transaction changed its state', {
    set: setProcess,
  }),
  5051: object('file-virtualized', 'file', 'info', 'got a file of its own instead of'),
  5136: entry('directory-service-object-modified', 'iam configuration', 'admin change', (data, draft) =>
    sentence(actor(draft), 'changed', has(data, 'AttributeLDAPDisplayName'), tail('of ', has(data, 'ObjectDN'))),
  ),
  5137: entry('directory-service-object-created', 'iam configuration', 'admin creation', (data, draft) =>
    sentence(actor(draft), 'made', has(data, 'ObjectDN') ?? 'a directory object'),
  ),
  5138: entry('directory-service-object-undeleted', 'iam configuration', 'admin creation', (data, draft) =>
    sentence(actor(draft), 'brought back', either(data, 'NewObjectDN', 'ObjectDN') ?? 'a directory object'),
  ),
  5139: entry('directory-service-object-moved', 'iam configuration', 'admin change', (data, draft) =>
    sentence(actor(draft), 'moved', either(data, 'OldObjectDN', 'ObjectDN') ?? 'a directory object'),
  ),
  5140: share('network-share-object-accessed', 'access', 'opened'),
  5141: entry('directory-service-object-deleted', 'iam configuration', 'admin deletion', (data, draft) =>
    sentence(actor(draft), 'deleted', has(data, 'ObjectDN') ?? 'a directory object'),
  ),
  5142: share('network-share-object-added', 'creation', 'shared'),
  5143: share('network-share-object-modified', 'change', 'changed'),
  5144: share('network-share-object-deleted', 'deletion', 'stopped sharing'),
  5145: share('network-share-object-access-checked', 'access', 'asked for'),
  5168: share('smb-spn-check-failed', 'denied', 'was refused'),
  6416: entry('external-device-recognized', 'host', 'info', (data) =>
    sentence(
      'A new device was plugged in:',
      either(data, 'DeviceDescription', 'DeviceId') ?? 'unknown',
      tail('of the class ', has(data, 'ClassName')),
    ),
  ),
  6419: entry('device-disable-requested', 'host', 'change', (_, draft) =>
    sentence('A device was asked to be disabled', byActor(draft)),
  ),
  6420: entry('device-disabled', 'host', 'change', (_, draft) => sentence('A device was disabled', byActor(draft))),
  6421: entry('device-enable-requested', 'host', 'change', (_, draft) =>
    sentence('A device was asked to be enabled', byActor(draft)),
  ),
  6422: entry('device-enabled', 'host', 'change', (_, draft) => sentence('A device was enabled', byActor(draft))),
  6423: entry('device-installation-forbidden', 'host', 'denied', (data) =>
    sentence('A device is forbidden by policy:', has(data, 'DeviceDescription')),
  ),
  6424: entry('device-installation-allowed', 'host', 'allowed', (data) =>
    sentence('A device was allowed after all:', has(data, 'DeviceDescription')),
  ),
};
