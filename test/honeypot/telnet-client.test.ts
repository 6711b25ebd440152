/** A real telnet client on a terminal of its own (`script` gives it one), as a person would try it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { action, start } from './started.ts';

interface Terminal {
  /** Resolves once the screen shows it, after what was waited for before. */
  shows(text: string): Promise<void>;
  type(keys: string): void;
  screen(): string;
  /** Resolves once the client has ended. */
  ended(): Promise<void>;
}

function terminal(command: string): Terminal {
  const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let screen = '';
  let from = 0;
  let ended = false;
  let look = (): void => {};
  const gone = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    look();
  });
  child.once('close', () => {
    ended = true;
    look();
    gone.resolve();
  });
  return {
    screen: () => screen,
    ended: () => gone.promise,
    type: (keys) => child.stdin.write(keys),
    shows: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const at = screen.indexOf(text, from);
          if (at >= 0) {
            from = at + text.length;
            resolve();
          } else if (ended) reject(new Error(`The screen never showed '${text}': ${JSON.stringify(screen)}`));
        };
        look();
      }),
  };
}

test('a telnet client sees a login, never the password, never a shell; the records hold what was typed', async () => {
  const pot = await start({ name: 'gateway' });
  const client = terminal(`telnet 127.0.0.1 ${pot.port}`);
  const typed = [
    ['root', 'vizxv'],
    ['admin', 'S3cret-Q'],
    ['support', 'Zebra#9'],
  ] as const;
  for (const [user, password] of typed) {
    await client.shows('gateway login: ');
    // The second name is mistyped and mended, as people do.
    client.type(user === 'admin' ? 'admim\x7fn\r' : `${user}\r`);
    await client.shows('Password: ');
    client.type(`${password}\r`);
    await client.shows('Login incorrect');
  }
  await client.shows('Connection closed by foreign host');
  await client.ended();
  await pot.find(action('connection-closed'));
  const records = await pot.stop();

  const screen = client.screen();
  for (const [, password] of typed) assert.ok(!screen.includes(password), `${password} is on the screen`);
  assert.match(screen, /gateway login: root\r\n/);
  assert.doesNotMatch(screen, /[$#%] |uid=|BusyBox|Welcome/);
  const attempts = records.filter(action('login-attempt'));
  assert.deepEqual(
    attempts.map((record) => [record['user.name'], record['porchlight.honeypot.password']]),
    typed,
  );
  for (const record of attempts) assert.equal(record['source.ip'], '127.0.0.1');
  assert.equal(records.at(-1)?.['event.reason'], 'attempts');
});

test('a telnet client can leave with ^C', async () => {
  const pot = await start();
  const client = terminal(`telnet 127.0.0.1 ${pot.port}`);
  await client.shows('router login: ');
  client.type('roo');
  await client.shows('roo');
  client.type('\x03');
  await client.shows('Connection closed by foreign host');
  await client.ended();
  const records = await pot.stop();
  assert.equal(records.find(action('input'))?.['porchlight.honeypot.input'], 'roo');
  assert.equal(records.at(-1)?.['event.reason'], 'quit');
});
