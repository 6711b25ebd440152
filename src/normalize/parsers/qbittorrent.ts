/** qBittorrent's web interface (`authcontroller.cpp`). The address stands before the name, except in releases before 4.1. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

/** `(N)`ormal, `(I)`nformation, `(W)`arning, `(C)`ritical in front of the stamp. */
const LEVELS = new Map([
  ['N', 'info'],
  ['I', 'info'],
  ['W', 'warning'],
  ['C', 'critical'],
]);

function levelOf(message: string): string | undefined {
  return message.startsWith('(') && message.charAt(2) === ')' ? LEVELS.get(message.charAt(1)) : undefined;
}

const { signatures, parse } = wordings([
  {
    has: 'WebAPI login failure. Reason: ',
    pattern:
      /^(?:- )?WebAPI login failure\. Reason: (?<reason>[^,]{1,80})(?:, attempt count: \d{1,9})?, IP: (?<ip>[^\s,]+), username: (?<user>.*)$/s,
    fields: LOGIN_FAILED,
  },
  {
    has: 'WebAPI login success. IP: ',
    pattern: /^(?:- )?WebAPI login success\. IP: (?<ip>\S+)$/,
    fields: LOGIN_ACCEPTED,
  },
]);

export const qbittorrent = application('qbittorrent', {
  programs: ['qbittorrent', 'qbittorrent-nox'],
  paths: ['qbittorrent'],
  signatures,
  parse(message, line) {
    const level = levelOf(line.message);
    const parsed = parse(message, line);
    if (level === undefined) return parsed;
    return parsed === undefined && !message.startsWith('- ') ? undefined : { ...parsed, 'log.level': level };
  },
});
