/** A machine written by hand: /proc, /etc and /var under a folder, as a container sees its host. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { linuxLooker } from './linux.ts';
import { wtmp } from './wtmp.fixture.ts';

interface Machine {
  readonly root: string;
  write(path: string, content: string | Buffer): void;
  /** ticks of CPU so far; started at tick `start`. */
  process(pid: number, name: string, ticks: number, resident: number, uid?: number, start?: number): void;
  gone(path: string): void;
}

function machine(context: TestContext): Machine {
  const root = mkdtempSync(join(tmpdir(), 'porchlight-host-'));
  context.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  return {
    root,
    write,
    process(pid, name, ticks, resident, uid = 0, start = 500) {
      write(
        `proc/${pid}/stat`,
        `${pid} (${name}) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} 9999 ${resident} 0\n`,
      );
      write(`proc/${pid}/status`, `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    },
    gone: (path) => rmSync(join(root, path), { recursive: true }),
  };
}

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7001 1 0 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7001 1 0 100 0 0 10 0
   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7002 1 0 100 0 0 10 0
   3: 0100000A:0016 077100CB:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 7003 1 0 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st
   0: 0000000000000000FFFF00000100000A:0016 0000000000000000FFFF0000077100CB:A1B3 01 00000000:00000000 00:00000000 00000000     0        0 7004 1
`;
const UDP = `  sl  local_address rem_address   st
   0: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7005 2
   1: 00000000:C350 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7006 2
`;

const network = (eth: number, bridge: number): string =>
  `Inter-|\n face |\n  eth0: ${eth} 0 0 0 0 0 0 0 ${eth * 2} 0\n br0: ${bridge} 0 0 0 0 0 0 0 ${bridge} 0\n`;

function furnish(host: Machine): void {
  host.write('proc/stat', 'cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 0 0 1\ncpu1 1 0 0 1\n');
  host.write(
    'proc/meminfo',
    'MemTotal: 100000 kB\nMemFree: 1 kB\nMemAvailable: 25000 kB\nSwapTotal: 8 kB\nSwapFree: 2 kB\n',
  );
  host.write('proc/loadavg', '1.20 0.90 0.50 1/99 4711\n');
  host.write('proc/uptime', '86400.50 1000.00\n');
  host.write('proc/1/net/tcp', TCP);
  host.write('proc/1/net/tcp6', TCP6);
  host.write('proc/1/net/udp', UDP);
  host.write('proc/1/net/dev', network(1000, 5000));
  host.write('proc/1/mounts', '/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /gone ext4 rw 0 0\n');
  host.write('sys/class/net/eth0/device/vendor', '');
  host.write('etc/passwd', 'root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n');
  host.write(
    'var/log/wtmp',
    wtmp(384, [{ type: 7, user: 'anna', line: 'pts/0', host: '203.0.113.9', at: 1_772_000_000 }]),
  );
  host.process(1, 'systemd', 50, 1000);
  host.process(42, 'sshd', 10, 100);
  host.process(77, 'weird) R (\n', 0, 2000, 1000);
  host.process(99, 'nobody', 5, 10, 65534);
  mkdirSync(join(host.root, 'proc/42/fd'));
  symlinkSync('socket:[7001]', join(host.root, 'proc/42/fd/3'));
  symlinkSync('/dev/null', join(host.root, 'proc/42/fd/0'));
}

test('a first look: everything but rates', async (context) => {
  const host = machine(context);
  furnish(host);
  const look = await linuxLooker(host.root)(0);
  const { disks, processes, ...rest } = look;
  assert.deepEqual(rest, {
    load: [1.2, 0.9, 0.5],
    uptime: 86400.5,
    memory: { total: 102_400_000, used: 76_800_000 },
    swap: { total: 8192, used: 6144 },
    cpus: 2,
    cpu: 0,
    network: { in: 0, out: 0 },
    connections: { established: 2, peers: [{ address: '203.0.113.7', count: 2 }] },
    listeners: [
      { port: 22, protocol: 'tcp', address: '0.0.0.0', process: 'sshd' },
      { port: 5353, protocol: 'udp', address: '0.0.0.0', process: '' },
      { port: 8080, protocol: 'tcp', address: '127.0.0.1', process: '' },
    ],
    logins: [{ user: 'anna', from: '203.0.113.9', at: 1_772_000_000_000, until: null }],
  });
  assert.deepEqual(
    processes?.map(({ pid, name, user, cpu }) => [pid, name, user, cpu]),
    [
      [77, 'weird) R (\n', 'anna', 0],
      [1, 'systemd', 'root', 0],
      [42, 'sshd', 'root', 0],
      [99, 'nobody', '65534', 0],
    ],
  );
  assert.deepEqual(
    disks?.map(({ mount }) => mount),
    ['/'],
  );
  assert.ok(disks?.every(({ total, used }) => total > 0 && used <= total));
});

test('a second look: what happened since the first', async (context) => {
  const host = machine(context);
  furnish(host);
  const look = linuxLooker(host.root);
  await look(0);
  host.write('proc/stat', 'cpu  150 0 100 850 0 0 0 0 0 0\ncpu0 1 0 0 1\n');
  host.write('proc/1/net/dev', network(6000, 50_000));
  host.process(42, 'sshd', 210, 100);
  host.process(77, 'weird', 0, 2000, 1000);
  host.process(99, 'reborn', 300, 10, 0, 900);
  host.process(123, 'new', 100, 10);
  host.gone('proc/1/stat');
  const { cpus, cpu, network: traffic, processes } = await look(10_000);
  assert.deepEqual({ cpus, cpu, traffic }, { cpus: 1, cpu: 50, traffic: { in: 500, out: 1000 } });
  assert.deepEqual(
    processes?.map(({ name, cpu: used }) => [name, used]),
    [
      ['reborn', 30],
      ['sshd', 20],
      ['new', 10],
      ['weird', 0],
    ],
  );
});

test('counters that fell were started anew, and are no rate', async (context) => {
  const host = machine(context);
  furnish(host);
  const look = linuxLooker(host.root);
  await look(0);
  host.write('proc/stat', 'cpu  1 0 1 1\ncpu0 1 0 0 1\n');
  host.write('proc/1/net/dev', network(10, 10));
  host.process(42, 'sshd', 0, 100);
  const { cpu, network: traffic, processes } = await look(10_000);
  assert.deepEqual({ cpu, traffic }, { cpu: 0, traffic: { in: 0, out: 0 } });
  assert.ok(processes?.every((one) => one.cpu === 0));
});

test('ten processes at most, and among them the one that holds most memory', async (context) => {
  const host = machine(context);
  furnish(host);
  for (let n = 0; n < 30; n++) host.process(1000 + n, `busy${n}`, 0, 1);
  host.process(2000, 'hoarder', 0, 20_000);
  const look = linuxLooker(host.root);
  await look(0);
  for (let n = 0; n < 30; n++) host.process(1000 + n, `busy${n}`, n * 10, 1);
  const { processes = [] } = await look(10_000);
  assert.deepEqual(
    processes.map(({ name }) => name),
    [...[29, 28, 27, 26, 25, 24, 23, 22, 21].map((n) => `busy${n}`), 'hoarder'],
  );
});

test('each file that is missing costs only its own figures', async (context) => {
  const gone: readonly (readonly [path: string, lost: readonly string[]])[] = [
    ['proc/stat', ['cpu', 'cpus']],
    ['proc/meminfo', ['memory', 'processes', 'swap']],
    ['proc/loadavg', ['load']],
    ['proc/uptime', ['uptime']],
    ['proc/1/net', ['connections', 'listeners', 'network']],
    ['proc/1/mounts', ['disks']],
    ['proc/42', ['listeners', 'processes']],
    ['etc', ['processes']],
    ['var', ['logins']],
    ['sys', []],
  ];
  for (const [path, lost] of gone) {
    const host = machine(context);
    furnish(host);
    const whole = await seen(host);
    host.gone(path);
    const left = await seen(host);
    const changed = Object.keys(whole).filter((key) => JSON.stringify(whole[key]) !== JSON.stringify(left[key]));
    assert.deepEqual(changed.toSorted(), lost, path);
  }
  const empty = machine(context);
  const nothing = await linuxLooker(empty.root)(0);
  assert.deepEqual(nothing, {
    network: null,
    connections: null,
    listeners: [],
    processes: [],
    disks: [],
    logins: [],
  });
});

/** The disk is a real one, whose figures change while others write to it. */
async function seen({ root }: Machine): Promise<Readonly<Record<string, unknown>>> {
  const look = await linuxLooker(root)(0);
  return { ...look, disks: look.disks?.map(({ mount }) => mount) };
}
