/** The open port: sockets, caps and timers around `login`. Everything it learns goes out as records; nothing comes in but bytes. */
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { HoneypotConfig } from '#contract';
import { inRanges, shownAddress } from './address.ts';
import { admission, type Refusal } from './admission.ts';
import { type Login, login, type LoginStep, MAX_ATTEMPTS } from './login.ts';
import { closed, type Ending, opened, refused, said, type Visit, type VisitRecord } from './visit-record.ts';

/** Answers that a visitor has not read. More, and the visit ends: our memory is not theirs to fill. */
const UNREAD_BYTES = 16 * 1024;
const REFUSAL_INTERVAL = 1000;

export interface ListenerOptions {
  readonly config: HoneypotConfig;
  /** Milliseconds between a wrong password and 'Login incorrect'. */
  readonly failDelay: number;
  readonly send: (record: VisitRecord) => void;
  readonly now: () => number;
}

export interface Listener {
  readonly server: Server;
  /** Stops or goes on reading from visitors; while it holds, newcomers are refused as `busy`. */
  readonly hold: (held: boolean) => void;
  /** Closes the port and ends every visit; its records are sent before this returns. */
  readonly stop: () => void;
}

interface Guest {
  readonly socket: Socket;
  end(ending: Ending): void;
}

export function listener(options: ListenerOptions): Listener {
  const { config, now } = options;
  const exempt = inRanges(config.exempt);
  const door = admission({ total: config.max_connections, perAddress: config.max_per_address });
  const guests = new Set<Guest>();
  const started = now().toString(36);
  let visits = 0;
  let held = false;
  let refusalTimer: NodeJS.Timeout | undefined;

  function tellRefused(): void {
    clearTimeout(refusalTimer);
    refusalTimer = undefined;
    const sum = door.sum();
    if (sum !== undefined) options.send(refused(now(), sum));
  }

  function refuse(address: string, reason: Refusal): void {
    if (exempt(address)) return;
    door.refused(address, reason);
    refusalTimer ??= setTimeout(tellRefused, REFUSAL_INTERVAL);
  }

  function receive(socket: Socket): void {
    const address = shownAddress(socket.remoteAddress);
    socket.on('error', () => socket.destroy());
    // A visitor who left before we looked has no address any more.
    if (address === '') return void socket.destroy();
    const refusal = door.enter(address, held);
    if (refusal !== undefined) {
      socket.destroy();
      refuse(address, refusal);
      return;
    }
    const visit: Visit = {
      session: `${started}-${(++visits).toString(36)}`,
      source: { ip: address, port: socket.remotePort ?? 0 },
      destination: { ip: shownAddress(socket.localAddress), port: socket.localPort ?? 0 },
    };
    const send = exempt(address) ? (): void => {} : options.send;
    const guest = receiveGuest({ ...options, send }, visit, socket, login(config.name), () => {
      door.leave(address);
      guests.delete(guest);
    });
    guests.add(guest);
  }

  const server = createServer({ noDelay: true }, receive);
  // The same cap once more, where Node can turn a connection away before it costs a socket object: a flood is mostly these.
  server.maxConnections = config.max_connections;
  server.on('drop', (dropped) => refuse(shownAddress(dropped?.remoteAddress), 'total'));
  return {
    server,
    hold(next) {
      held = next;
      for (const { socket } of guests) {
        if (held) socket.pause();
        else socket.resume();
      }
    },
    stop() {
      server.close();
      for (const guest of guests) guest.end('shutdown');
      tellRefused();
    },
  };
}

/** One visit from hello to goodbye. `left` is called once, when the socket is gone. */
function receiveGuest(options: ListenerOptions, visit: Visit, socket: Socket, prompt: Login, left: () => void): Guest {
  const { config, now, send } = options;
  const begin = now();
  let received = 0;
  let attempts = 0;
  let ending: Ending | undefined;
  let pause: NodeJS.Timeout | undefined;

  function tell(step: LoginStep): void {
    for (const record of step.records) {
      if (record.kind === 'attempt') attempts++;
      send(said(now(), visit, record));
    }
  }

  /** Ends the visit and tells of it at once; the socket goes when its last answer has been read, or with `lifetime`. */
  function end(why: Ending): void {
    if (ending !== undefined) return;
    ending = why;
    clearTimeout(pause);
    tell(prompt.finish());
    const sent = socket.bytesWritten;
    send(closed(now(), visit, { ending: why, duration: now() - begin, received, sent, attempts }));
    if (why === 'left' || why === 'quit' || why === 'attempts') socket.destroySoon();
    else socket.destroy();
  }

  function act(step: LoginStep): void {
    tell(step);
    if (step.output.length > 0) socket.write(step.output);
    if (socket.writableLength > UNREAD_BYTES) end('not-reading');
    else if (step.next === 'close') end(attempts >= MAX_ATTEMPTS ? 'attempts' : 'quit');
    else if (step.next === 'delay') pause ??= setTimeout(goOn, options.failDelay);
  }

  function goOn(): void {
    pause = undefined;
    act(prompt.resume());
  }

  const lifetime = setTimeout(() => {
    end('time-limit');
    socket.destroy();
  }, config.max_seconds * 1000);
  socket.on('data', (bytes: Buffer) => {
    if (ending !== undefined) return;
    const room = config.max_bytes - received;
    received += bytes.length;
    act(prompt.receive(bytes.subarray(0, room)));
    if (received >= config.max_bytes) end('byte-limit');
  });
  socket.on('end', () => end('left'));
  socket.on('close', () => {
    clearTimeout(lifetime);
    end('left');
    left();
  });
  send(opened(now(), visit));
  act(prompt.start());
  return { socket, end };
}
