/** Seeded log lines as a house writes them: authentication, system, firewall, web. The same seed gives the same lines. */

/** mulberry32: small, fast, good enough for test data. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const HOSTS = ['nas', 'media', 'router', 'pi-hole', 'proxmox', 'laptop-anna'];
const USERS = ['root', 'admin', 'backup', 'anna', 'jonas', 'test', 'oracle', 'pi', 'postgres', 'ubuntu'];
const PATHS = ['/', '/wp-login.php', '/api/v1/status', '/login', '/.env', '/photos/2019/index.json', '/static/app.js'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'curl/8.5.0',
  'Go-http-client/1.1',
];

export interface Generator {
  /** One line of auth.log, RFC 3164, stamped `time` in UTC. */
  authLine(time: number): string;
  /** One POST record of the mix. */
  record(time: number): Record<string, unknown>;
}

export function generator(seed: number): Generator {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const number = (below: number): number => Math.floor(next() * below);
  /** TEST-NET-3 and the benchmark range of RFC 2544: many addresses, few of them often. */
  const address = (): string => (next() < 0.5 ? `203.0.113.${number(20)}` : `198.18.${number(256)}.${number(256)}`);
  const port = (): number => 1024 + number(60_000);

  const sshd = (): string => {
    const roll = next();
    if (roll < 0.5)
      return `Failed password for ${roll < 0.2 ? 'invalid user ' : ''}${pick(USERS)} from ${address()} port ${port()} ssh2`;
    if (roll < 0.6)
      return `Accepted publickey for ${pick(USERS)} from 192.0.2.${number(30)} port ${port()} ssh2: ED25519 SHA256:${number(1e9).toString(36)}`;
    if (roll < 0.8)
      return `Connection closed by authenticating user ${pick(USERS)} ${address()} port ${port()} [preauth]`;
    return `pam_unix(sshd:session): session opened for user ${pick(USERS)}(uid=${1000 + number(5)}) by (uid=0)`;
  };
  const auth = (): [string, string] =>
    next() < 0.85
      ? [`sshd[${1000 + number(30_000)}]`, sshd()]
      : ['sudo', `   ${pick(USERS)} : TTY=pts/${number(5)} ; PWD=/home ; USER=root ; COMMAND=/usr/bin/apt update`];
  const system = (): [string, string] => [
    'systemd[1]',
    `Started session-${number(100_000)}.scope - Session ${number(100_000)} of User ${pick(USERS)}.`,
  ];
  const firewall = (): [string, string] => [
    'kernel',
    `[${number(1e6)}.${number(1e6)}] [UFW BLOCK] IN=eth0 OUT= MAC=00:00:5e:00:53:${number(90) + 10} SRC=${address()} DST=192.0.2.10 LEN=44 TOS=0x00 PREC=0x00 TTL=${number(64)} ID=${number(65_536)} PROTO=TCP SPT=${port()} DPT=${number(10_000)} WINDOW=1024 RES=0x00 SYN URGP=0`,
  ];
  const web = (time: number): [string, string] => [
    'nginx',
    `${address()} - - [${new Date(time).toISOString()}] "GET ${pick(PATHS)}?id=${number(10_000)} HTTP/1.1" ${pick([200, 200, 304, 404, 403])} ${number(50_000)} "-" "${pick(AGENTS)}"`,
  ];

  return {
    authLine(time) {
      const [program, message] = auth();
      return `${new Date(time).toISOString()} ${pick(HOSTS)} ${program}: ${message}`;
    },
    record(time) {
      const roll = next();
      const [program, message] = roll < 0.4 ? auth() : roll < 0.6 ? system() : roll < 0.8 ? firewall() : web(time);
      const host = pick(HOSTS);
      return {
        host,
        timestamp: new Date(time).toISOString(),
        message: `${new Date(time).toISOString()} ${host} ${program}: ${message}`,
      };
    },
  };
}
