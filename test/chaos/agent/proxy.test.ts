/** The network that fails on order: each weather does what its name says, and nothing else. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { until, within } from '../server/waiting.ts';
import { type Proxy, proxy } from './proxy.ts';

interface Net {
  readonly between: Proxy;
  /** Bytes that arrived at the far end, of all connections. */
  readonly arrived: () => number;
  dial(): Promise<End>;
}

interface End {
  readonly socket: Socket;
  heard(): string;
  /** Resolves when the connection is gone, with how. */
  readonly gone: Promise<string>;
}

/** The far end answers each piece with the same in capitals. */
async function net(t: TestContext): Promise<Net> {
  let arrived = 0;
  const far = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      arrived += chunk.length;
      socket.write(chunk.toString().toUpperCase());
    });
  });
  far.listen(0, '127.0.0.1');
  await once(far, 'listening');
  t.after(() => far.close());
  const address = far.address();
  assert.ok(address !== null && typeof address === 'object');
  const between = await proxy(() => address.port);
  t.after(() => between.close());

  async function dial(): Promise<End> {
    const socket = connect({ port: between.port, host: '127.0.0.1' });
    t.after(() => socket.destroy());
    let heard = '';
    const gone = new Promise<string>((resolve) => {
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : 'error'));
      socket.on('close', () => resolve('closed'));
    });
    socket.on('data', (chunk: Buffer) => void (heard += chunk.toString()));
    await once(socket, 'connect');
    return { socket, heard: () => heard, gone };
  }
  return { between, arrived: () => arrived, dial };
}

const heard = (end: End, text: string): Promise<true> =>
  until(`${text.slice(0, 20)} is heard`, () => (end.heard() === text ? true : undefined));

test('fair: all passes, and replies are timed after the handshake', async (t) => {
  const { dial, between } = await net(t);
  const end = await dial();
  for (const [word, all] of [
    ['a', 'A'],
    ['b', 'AB'],
    ['c', 'ABC'],
  ] as const) {
    end.socket.write(word);
    await heard(end, all);
  }
  assert.equal(between.replies.length, 1);
  assert.deepEqual([...between.harmed], []);
});

test('slow, and fair while pieces are still on their way: nothing overtakes', async (t) => {
  const { dial, between } = await net(t);
  const end = await dial();
  between.set({ kind: 'slow', delay: 150 });
  end.socket.write('a');
  await until('it is on its way', () => (end.socket.bytesWritten === 1 ? true : undefined));
  const passed = await dial();
  between.set({ kind: 'fair' });
  passed.socket.write('x');
  end.socket.write('b');
  await heard(passed, 'X');
  await heard(end, 'AB');
});

test('blackhole: nothing arrives, no connection ends; later ones work', async (t) => {
  const { dial, between, arrived } = await net(t);
  const end = await dial();
  between.set({ kind: 'blackhole' });
  end.socket.write('lost');
  const other = await dial();
  other.socket.write('lost too');
  await until('both fell into it', () => (between.harmed.get('blackhole') === 2 ? true : undefined));
  between.set({ kind: 'fair' });
  const later = await dial();
  later.socket.write('there');
  await heard(later, 'THERE');
  assert.equal(end.heard() + other.heard() === '' ? arrived() : 'heard', 5);
  assert.equal(end.socket.closed || other.socket.closed, false);
});

test('refuse: open connections are reset, new ones too', async (t) => {
  const { dial, between } = await net(t);
  const end = await dial();
  end.socket.write('a');
  await heard(end, 'A');
  between.set({ kind: 'refuse' });
  assert.equal(await within('it is reset', end.gone), 'ECONNRESET');
  const other = connect({ port: between.port, host: '127.0.0.1' });
  const [error] = (await within('the new one too', once(other, 'error'))) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  assert.deepEqual([...between.harmed], [['refuse', 2]]);
});

test('cut: so many bytes arrive, then both ends are reset', async (t) => {
  const { dial, between, arrived } = await net(t);
  const end = await dial();
  between.set({ kind: 'cut', after: 1000 });
  end.socket.write('x'.repeat(900));
  await until('the first part arrives', () => (arrived() === 900 ? true : undefined));
  end.socket.write('x'.repeat(900));
  assert.equal(await within('it is reset', end.gone), 'ECONNRESET');
  await until('the rest arrives', () => (arrived() === 1000 ? true : undefined));
  assert.deepEqual([...between.harmed], [['cut', 1]]);
});

test('deafen: a body arrives whole, its reply never; a small request is answered', async (t) => {
  const { dial, between, arrived } = await net(t);
  const end = await dial();
  between.set({ kind: 'deafen' });
  end.socket.write('small');
  await heard(end, 'SMALL');
  end.socket.write('x'.repeat(5000));
  assert.equal(await within('it is reset', end.gone), 'ECONNRESET');
  assert.equal(end.heard(), 'SMALL');
  assert.equal(arrived(), 5005);
  assert.deepEqual([...between.harmed], [['deafen', 1]]);
});
