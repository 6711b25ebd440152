/** qBittorrent's web interface (`authcontroller.cpp`). The address stands before the name, except in releases before 4.1. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const qbittorrent = application('qbittorrent', {
  programs: ['qbittorrent', 'qbittorrent-nox'],
  paths: ['qbittorrent'],
  ...wordings([
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
  ]),
});
