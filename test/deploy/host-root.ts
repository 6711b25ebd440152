/** Another machine's root, as a container sees it below /host: a /proc of its own making, one log, its accounts; no journal, no wtmp. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const LOAD = 7.25;

const FILES: Readonly<Record<string, string>> = {
  'proc/loadavg': `${LOAD} 3.50 1.25 2/345 6789\n`,
  'proc/uptime': '123456.78 400000.00\n',
  'proc/stat': 'cpu  1000 0 500 8000 0 0 0 0 0 0\ncpu0 500 0 250 4000 0 0 0 0 0 0\ncpu1 500 0 250 4000 0 0 0 0 0 0\n',
  'proc/meminfo':
    'MemTotal: 1000000 kB\nMemFree: 100000 kB\nMemAvailable: 250000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
  'proc/1/mounts': '/dev/sda1 / ext4 rw 0 0\n',
  'proc/1/net/dev':
    'Inter-|   Receive                        |  Transmit\n face |bytes\n  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0\n',
  'proc/1/net/tcp': `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0A0200C0:0016 077100CB:C350 01 00000000:00000000 00:00000000 00000000     0        0 4242 1\n`,
  'proc/4711/stat': `4711 (backupd) S 1 1 1 0 -1 0 0 0 0 0 100 50 0 0 20 0 1 0 500 10000000 2500 ${'0 '.repeat(28)}\n`,
  'proc/4711/status': 'Name:\tbackupd\nUid:\t34\t34\t34\t34\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nbackup:x:34:34:backup:/var/backups:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\nadm:x:4:syslog\n',
  'var/log/auth.log': '',
};

export function makeHostRoot(root: string): void {
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

export function failLogin(root: string): void {
  const line = `${new Date().toISOString()} nas sshd[7]: Failed password for root from 203.0.113.7 port 51332 ssh2\n`;
  appendFileSync(join(root, 'var/log/auth.log'), line);
}
