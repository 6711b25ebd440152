/** UDP: one datagram, one message (RFC 5426). Nobody waits for anybody: what has no place is dropped and counted. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { shownAddress } from '../honeypot/address.ts';
import { kernelDrops } from './kernel-drops.ts';
import { listenFault } from './listen-place.ts';
import type { Listening, Reception } from './listening.ts';
import { messageText } from './message-text.ts';

/** Bytes we ask the kernel to hold for us while we are busy: thousands of messages. It gives what net.core.rmem_max allows. */
const RECEIVE_BUFFER = 8 * 1024 * 1024;
const LOOK_AT_DROPS = 5000;

export async function openDatagrams(reception: Reception): Promise<Listening> {
  const { place, ledger, inbox, now, isAllowed } = reception;
  const socket = createSocket({
    type: isIPv6(place.host) ? 'udp6' : 'udp4',
    recvBufferSize: reception.receiveBuffer ?? RECEIVE_BUFFER,
  });
  const bound = once(socket, 'listening');
  try {
    socket.bind(place.port, place.host);
    await bound;
  } catch (error) {
    socket.close();
    throw listenFault(error as Error, place, reception.program);
  }

  socket.on('message', (bytes, { address }) => {
    const sender = shownAddress(address);
    if (!isAllowed(sender)) return ledger.dropped(sender, 'not_allowed');
    const { text, mended } = messageText(bytes, 0, bytes.length);
    if (text === '') return ledger.dropped(sender, 'empty');
    if (!inbox.offer({ source: ledger.tagOf(sender), received: now(), text }))
      return ledger.dropped(sender, 'queue_full');
    ledger.taken(sender, bytes.length);
    if (mended) ledger.remark(sender, 'mended');
  });
  socket.on('error', (error) => reception.onFault(listenFault(error, place, reception.program)));

  const { address, port } = socket.address();
  const look = kernelDrops({ address, port });
  const count = async (): Promise<void> => {
    const dropped = await look();
    if (dropped > 0) reception.onKernelDrops(dropped);
  };
  const timer = setInterval(() => void count(), LOOK_AT_DROPS);
  return {
    place: { host: address, port },
    resume: () => {},
    async close() {
      clearInterval(timer);
      await count();
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
