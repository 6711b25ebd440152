/**
 * Refusals of the two usual access controls:
 *   SELinux   avc:  denied  { read } for  pid=1 comm="nginx" name="shadow" scontext=… tcontext=… tclass=file permissive=0
 *   AppArmor  apparmor="DENIED" operation="open" profile="/usr/sbin/cupsd" name="/etc/shadow" pid=1 comm="cupsd"
 */
import type { Draft } from '../parser.ts';
import { type AuditRecord, decoded } from './record.ts';

const AVC = /^avc: {1,2}(denied|granted) {1,2}\{ ([^{}]{1,200}) \} for /;

export function setAccess(draft: Draft, { text, values }: AuditRecord): void {
  const avc = AVC.exec(text);
  if (avc !== null) {
    // A permissive domain is only watched: what it is refused on paper it gets.
    const refused = avc[1] === 'denied' && values['permissive'] !== '1';
    setMeaning(draft, 'violated-selinux-policy', refused);
    draft['selinux.permissions'] = (avc[2] ?? '').split(' ');
  } else if (values['apparmor'] === undefined) return;
  else if (values['apparmor'] === 'STATUS') {
    Object.assign(draft, {
      'event.category': ['configuration'],
      'event.type': ['change'],
      'event.action': 'changed-apparmor-profile',
    });
  } else {
    setMeaning(draft, 'violated-apparmor-policy', values['apparmor'] === 'DENIED');
  }
  const path = decoded(values['path'] ?? values['name'] ?? '');
  if (path.startsWith('/')) draft['file.path'] = path;
}

function setMeaning(draft: Draft, action: string, refused: boolean): void {
  draft['event.category'] = ['process'];
  draft['event.type'] = [refused ? 'denied' : 'allowed'];
  draft['event.action'] = action;
}
