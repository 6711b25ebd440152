/**
 * su, in the words of its three families:
 *   util-linux  `(to root) bob on pts/1`            `FAILED SU (to root) bob on pts/1`
 *   shadow      `Successful su for root by bob`     `FAILED su for root by bob`     `+ /dev/pts/1 bob:root`
 *   BSD         `bob to root on /dev/pts/1`         `BAD SU bob to root on /dev/pts/1`
 */
import { AUTHENTICATION, LOGIN_FAILURE, LOGIN_SUCCESS } from '../ecs.ts';
import type { Parsed, Parser } from './parser.ts';

/** Groups: by, to. */
const FAILURES = [
  /^FAILED SU \(to (?<to>\S+)\) (?<by>\S+) on \S+$/,
  /^FAILED su for (?<to>\S+) by (?<by>\S+)$/,
  /^BAD SU (?<by>\S+) to (?<to>\S+) on \S+$/,
  /^- \S+ (?<by>[^\s:]+):(?<to>\S+)$/,
];
const SUCCESSES = [
  /^\(to (?<to>\S+)\) (?<by>\S+) on \S+$/,
  /^Successful su for (?<to>\S+) by (?<by>\S+)$/,
  /^\+ \S+ (?<by>[^\s:]+):(?<to>\S+)$/,
  /^(?<by>\S+) to (?<to>\S+) on \S+$/,
];

function result(match: RegExpExecArray, failed: boolean): Parsed {
  const { by = '', to = '' } = match.groups ?? {};
  return {
    'event.category': AUTHENTICATION,
    'event.type': failed ? LOGIN_FAILURE : LOGIN_SUCCESS,
    'event.action': 'su',
    'event.outcome': failed ? 'failure' : 'success',
    'user.name': by,
    'user.effective.name': to,
  };
}

export const su: Parser = {
  name: 'su',
  programs: ['su', 'su-l'],
  dataset: 'system.auth',
  service: 'su',
  category: 'authentication',
  parse(message) {
    for (const pattern of FAILURES) {
      const match = pattern.exec(message);
      if (match !== null) return result(match, true);
    }
    for (const pattern of SUCCESSES) {
      const match = pattern.exec(message);
      if (match !== null) return result(match, false);
    }
    return undefined;
  },
};
