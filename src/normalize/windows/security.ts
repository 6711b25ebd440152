/** The channel Security. Who acts is `Subject…`, who is acted upon `Target…`; on log-ons Windows calls the one who comes the target. */
import type { Fields } from '#contract';
import type { Entry, Provider } from './entry.ts';
import { type Data, either, has, set } from './record.ts';
import { ACCOUNT_EVENTS } from './security-account.ts';
import { LOGON_EVENTS } from './security-logon.ts';
import { OBJECT_EVENTS } from './security-object.ts';
import { POLICY_EVENTS } from './security-policy.ts';

function setPerson(draft: Fields, field: string, data: Data, whose: 'Subject' | 'Target'): boolean {
  const name = has(data, `${whose}UserName`);
  if (name === undefined) return false;
  // Kerberos adds the realm, `anna@CORP.EXAMPLE`, and says it again as the domain.
  const at = name.indexOf('@');
  draft[`${field}.name`] = at > 0 && has(data, `${whose}DomainName`) !== undefined ? name.slice(0, at) : name;
  set(draft, `${field}.domain`, has(data, `${whose}DomainName`));
  const id = either(data, `${whose}UserSid`, `${whose}Sid`);
  if (id !== undefined && id !== 'S-1-0-0') draft[`${field}.id`] = id;
  return true;
}

function setPeople(draft: Fields, data: Data, entry: Entry | undefined): void {
  const target = entry?.target;
  if (target === 'actor') {
    if (!setPerson(draft, 'user', data, 'Target')) setPerson(draft, 'user', data, 'Subject');
    set(draft, 'winlog.logon.id', either(data, 'TargetLogonId', 'SubjectLogonId'));
    return;
  }
  setPerson(draft, 'user', data, 'Subject');
  set(draft, 'winlog.logon.id', has(data, 'SubjectLogonId'));
  if (target === 'user') setPerson(draft, 'user.target', data, 'Target');
  if (target === 'effective') setPerson(draft, 'user.effective', data, 'Target');
  if (target === 'group') {
    set(draft, 'group.name', has(data, 'TargetUserName'));
    set(draft, 'group.domain', has(data, 'TargetDomainName'));
    set(draft, 'group.id', has(data, 'TargetSid'));
  }
}

export const security: Provider = {
  names: ['Microsoft-Windows-Security-Auditing', 'Security'],
  moves: { CommandLine: 'process.command_line' },
  events: { ...LOGON_EVENTS, ...ACCOUNT_EVENTS, ...OBJECT_EVENTS, ...POLICY_EVENTS },
  set: setPeople,
};
