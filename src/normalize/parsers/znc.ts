/** ZNC with its adminlog module: `[USER] failed to login from ADDR`. An IRC name holds no blank and no bracket that ZNC would take. */
import { application } from '../application.ts';
import { END, LOGIN_ACCEPTED, LOGIN_FAILED, SESSION } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const znc = application('znc', {
  paths: ['/znc', 'moddata/adminlog'],
  ...wordings([
    {
      starts: '[',
      has: '] failed to login from ',
      pattern: /^\[(?<user>.*)\] failed to login from (?<ip>[\da-fA-F:.]+)$/s,
      fields: LOGIN_FAILED,
    },
    {
      starts: '[',
      has: '] connected to ZNC from ',
      pattern: /^\[(?<user>.*)\] connected to ZNC from (?<ip>[\da-fA-F:.]+)$/s,
      fields: LOGIN_ACCEPTED,
    },
    {
      starts: '[',
      has: '] disconnected from ZNC from ',
      pattern: /^\[(?<user>.*)\] disconnected from ZNC from (?<ip>[\da-fA-F:.]+)$/s,
      fields: { 'event.category': SESSION, 'event.type': END, 'event.action': 'client_disconnected' },
    },
  ]),
});
