/** Security: accounts, groups and rights. */
import type { Fields } from '#contract';
import { actedOn, actor, byActor, type Entries, type Entry, entry, sentence, tail, textOf } from './entry.ts';
import { baseName, type Data, either, has, set } from './record.ts';

const account = (action: string, type: string, done: string): Entry =>
  entry(action, 'iam', `user ${type}`, (_, draft) => `${actor(draft)} ${done} the account ${actedOn(draft)}`, {
    target: 'user',
  });

const computer = (action: string, type: string, done: string): Entry =>
  entry(
    action,
    'iam',
    `admin ${type}`,
    (_, draft) => `${actor(draft)} ${done} the computer account ${actedOn(draft)}`,
    {
      target: 'user',
    },
  );

const groupName = (draft: Fields): string => textOf(draft, 'group.name') ?? 'a group';

const group = (action: string, type: string, done: string): Entry =>
  entry(action, 'iam', `group ${type}`, (_, draft) => `${actor(draft)} ${done} the group ${groupName(draft)}`, {
    target: 'group',
  });

/** A member comes as a distinguished name, `CN=anna,OU=…`, or only as a SID. */
function memberName(data: Data): string | undefined {
  const name = has(data, 'MemberName');
  return name === undefined ? undefined : (/^CN=((?:[^,\\]|\\.)+)/i.exec(name)?.[1] ?? name);
}

function setMember(draft: Fields, data: Data): void {
  set(draft, 'user.target.name', memberName(data));
  set(draft, 'user.target.id', has(data, 'MemberSid'));
}

const member = (action: string, done: string, where: string): Entry =>
  entry(
    action,
    'iam',
    'group change',
    (_, draft) =>
      sentence(
        actor(draft),
        done,
        textOf(draft, 'user.target.name') ?? textOf(draft, 'user.target.id') ?? 'an account',
        where,
        groupName(draft),
      ),
    { target: 'group', set: setMember },
  );

const ADDED = member('added-member-to-group', 'added', 'to the group');
const REMOVED = member('removed-member-from-group', 'removed', 'from the group');
const CREATED = group('added-group-account', 'creation', 'made');
const DELETED = group('deleted-group-account', 'deletion', 'deleted');
const CHANGED = group('modified-group-account', 'change', 'changed');
const LIST = 'distribution-group';
const LIST_ADDED = member(`added-member-to-${LIST}`, 'added', 'to the mailing group');
const LIST_REMOVED = member(`removed-member-from-${LIST}`, 'removed', 'from the mailing group');
const LIST_CREATED = group(`added-${LIST}-account`, 'creation', 'made');
const LIST_CHANGED = group(`changed-${LIST}-account`, 'change', 'changed');
const LIST_DELETED = group(`deleted-${LIST}-account`, 'deletion', 'deleted');

function setRename(draft: Fields, data: Data): void {
  set(draft, 'user.target.name', has(data, 'OldTargetUserName'));
  set(draft, 'user.changes.name', has(data, 'NewTargetUserName'));
}

/** Who asked, and with which program. */
const asked = (data: Data, draft: Fields): string =>
  sentence(actor(draft), tail('with ', baseName(either(data, 'CallerProcessName', 'ProcessName') ?? '') || undefined));

export const ACCOUNT_EVENTS: Entries = {
  4720: account('added-user-account', 'creation', 'made'),
  4722: account('enabled-user-account', 'change', 'enabled'),
  4723: entry(
    'changed-password',
    'iam',
    'user change',
    (_, draft) =>
      draft['event.outcome'] === 'failure'
        ? `${actor(draft)} failed to change a password`
        : `${actor(draft)} changed the password of ${actedOn(draft)}`,
    { target: 'user' },
  ),
  4724: entry(
    'reset-password',
    'iam',
    'user change',
    (_, draft) =>
      draft['event.outcome'] === 'failure'
        ? `${actor(draft)} failed to reset a password`
        : `${actor(draft)} reset the password of ${actedOn(draft)}`,
    { target: 'user' },
  ),
  4725: account('disabled-user-account', 'change', 'disabled'),
  4726: account('deleted-user-account', 'deletion', 'deleted'),
  4727: CREATED,
  4728: ADDED,
  4729: REMOVED,
  4730: DELETED,
  4731: CREATED,
  4732: ADDED,
  4733: REMOVED,
  4734: DELETED,
  4735: CHANGED,
  4737: CHANGED,
  4738: account('modified-user-account', 'change', 'changed'),
  4740: entry(
    'locked-out-user-account',
    'iam',
    'user change',
    (data, draft) =>
      sentence(
        `The account ${actedOn(draft)} was locked after too many wrong passwords`,
        tail('from ', has(data, 'TargetDomainName')),
      ),
    { target: 'user' },
  ),
  4741: computer('added-computer-account', 'creation', 'made'),
  4742: computer('changed-computer-account', 'change', 'changed'),
  4743: computer('deleted-computer-account', 'deletion', 'deleted'),
  4744: LIST_CREATED,
  4745: LIST_CHANGED,
  4746: LIST_ADDED,
  4747: LIST_REMOVED,
  4748: LIST_DELETED,
  4749: LIST_CREATED,
  4750: LIST_CHANGED,
  4751: LIST_ADDED,
  4752: LIST_REMOVED,
  4753: LIST_DELETED,
  4754: CREATED,
  4755: CHANGED,
  4756: ADDED,
  4757: REMOVED,
  4758: DELETED,
  4759: LIST_CREATED,
  4760: LIST_CHANGED,
  4761: LIST_ADDED,
  4762: LIST_REMOVED,
  4763: LIST_DELETED,
  4764: group('type-changed-group-account', 'change', 'changed the kind of'),
  4765: account('sid-history-added', 'change', 'added SID history to'),
  4766: account('sid-history-added', 'change', 'tried to add SID history to'),
  4767: account('unlocked-user-account', 'change', 'unlocked'),
  4780: account('acl-set', 'change', 'reset the permissions of'),
  4781: entry(
    'renamed-user-account',
    'iam',
    'user change',
    (_, draft) =>
      sentence(actor(draft), 'renamed the account', actedOn(draft), tail('to ', textOf(draft, 'user.changes.name'))),
    { target: 'user', set: setRename },
  ),
  4782: account('password-hash-accessed', 'access', 'read the password hash of'),
  4793: entry('password-policy-checked', 'iam', 'info', (_, draft) => `${actor(draft)} asked for the password policy`),
  4794: entry(
    'dsrm-password-set',
    'iam',
    'admin change',
    (_, draft) => `${actor(draft)} set the password of the directory's restore mode`,
  ),
  4797: entry(
    'query-existence-of-blank-password',
    'iam',
    'user info',
    (_, draft) => `${actor(draft)} asked whether ${actedOn(draft)} has an empty password`,
    { target: 'user' },
  ),
  4798: entry(
    'group-membership-enumerated',
    'iam',
    'user info',
    (data, draft) => sentence(asked(data, draft), 'listed the groups of', actedOn(draft)),
    { target: 'user' },
  ),
  4799: entry(
    'user-member-enumerated',
    'iam',
    'group info',
    (data, draft) => sentence(asked(data, draft), 'listed the members of', groupName(draft)),
    { target: 'group' },
  ),
  4703: entry('token-right-adjusted', 'iam', 'admin change', (data, draft) =>
    sentence(
      `${actor(draft)}'s process`,
      either(data, 'ProcessName'),
      'changed its rights',
      tail('on: ', has(data, 'EnabledPrivilegeList')),
    ),
  ),
  4704: entry('user-right-assigned', 'iam', 'user change', (data, draft) =>
    sentence(actor(draft), 'gave rights', tail('to ', has(data, 'TargetSid')), tail(': ', has(data, 'PrivilegeList'))),
  ),
  4705: entry('user-right-removed', 'iam', 'user change', (data, draft) =>
    sentence(
      actor(draft),
      'took rights',
      tail('from ', has(data, 'TargetSid')),
      tail(': ', has(data, 'PrivilegeList')),
    ),
  ),
  4717: entry('system-security-access-granted', 'iam configuration', 'admin change', (data, draft) =>
    sentence(actor(draft), 'allowed', has(data, 'TargetSid') ?? 'an account', 'to log on:', has(data, 'AccessGranted')),
  ),
  4718: entry('system-security-access-removed', 'iam configuration', 'admin deletion', (data, draft) =>
    sentence(actor(draft), 'forbade', has(data, 'TargetSid') ?? 'an account', 'to log on:', has(data, 'AccessRemoved')),
  ),
  5376: entry(
    'credential-manager-backed-up',
    'iam',
    'admin info',
    (_, draft) => `${actor(draft)} backed up stored credentials`,
  ),
  5377: entry('credential-manager-restored', 'iam', 'admin change', (_, draft) =>
    `Stored credentials were restored ${byActor(draft) ?? ''}`.trim(),
  ),
};
