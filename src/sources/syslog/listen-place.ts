/** Where a listener listens, and what to do when it may not. */
import { isIPv6 } from 'node:net';
import { errnoOf } from '../file-tail/errno.ts';

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

/** `0.0.0.0:5514`, `[::]:5514`; undefined where it is neither. The configuration's schema lets nothing else in. */
export function listenPlace(text: string): ListenPlace | undefined {
  const [, v6, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^[\]:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65535 ? undefined : { host, port };
}

export const shownPlace = ({ host, port }: ListenPlace): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** Ports below this one belong to root. */
const PRIVILEGED = 1024;

/** The fault of a listener in one line, with the way out. */
export function listenFault(error: Error, place: ListenPlace, program: string): Error {
  return new Error(words(error, place, program), { cause: error });
}

function words(error: Error, place: ListenPlace, program: string): string {
  const where = shownPlace(place);
  switch (errnoOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return place.port < PRIVILEGED
        ? `Ports below ${PRIVILEGED} need a right that this account does not have, so ${where} is not open. ` +
            `Listen on 5514 and redirect ${place.port} to it, or give the right with AmbientCapabilities=CAP_NET_BIND_SERVICE ` +
            `in the unit, or to the program. Run: sudo setcap cap_net_bind_service=+ep ${program}`
        : `This account may not listen on ${where}.`;
    case 'EADDRINUSE':
      return `Another program listens on ${where} already, perhaps rsyslog. Stop it, or choose another port.`;
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${place.host}. 0.0.0.0 listens on all that it has.`;
    default:
      return `It cannot listen on ${where}: ${error.message}`;
  }
}
