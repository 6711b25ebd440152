/** Proxmox Backup Server: `/var/log/proxmox-backup/api/auth.log` and its daemons by syslog. The peer has a port, unlike in Proxmox VE. */
import { withServiceType } from '../application.ts';
import { proxmoxLogin } from '../proxmox-login.ts';

export const proxmoxBackup = withServiceType({
  name: 'proxmox-backup',
  programs: ['proxmox-backup-api', 'proxmox-backup-proxy', 'proxmox-backup'],
  types: ['proxmox-backup-auth', 'pbs'],
  paths: ['/proxmox-backup/'],
  signatures: [
    {
      starts: 'authentication failure; rhost=',
      has: [' user=', ' msg='],
      test: /^authentication failure; rhost=\[[\da-fA-F:.]{2,45}\]:\d{1,5} user=/,
    },
  ],
  dataset: 'proxmox-backup.auth',
  product: 'proxmox',
  service: 'proxmox-backup',
  parse: proxmoxLogin,
});
