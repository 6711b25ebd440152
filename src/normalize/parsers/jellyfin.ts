/**
 * Jellyfin (`Jellyfin.Server.Implementations/Users/UserManager.cs`), in its file and on the console:
 * `[LVL] [THREAD] CLASS: Authentication request for "USER" has been denied (IP: "ADDR").` The quotes came with 10.6 and went with 10.8's
 * journal. The refusal of one request is told twice; the exception that follows is not counted.
 */
import { application, LOCKED_OUT } from '../application.ts';
import { END, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, START } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^\[(?<level>[A-Z]{3})\] (?:\[\d{1,9}\] )?(?:(?<logger>(?:Jellyfin|Emby)\.[\w.]{1,120}): )?`;

const row = (has: string, rest: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(HEAD + rest, 's'),
  fields,
});

export const jellyfin = application('jellyfin', {
  paths: ['/jellyfin/'],
  ...wordings([
    row(
      'Authentication request for "',
      String.raw`Authentication request for "(?<user>.*)" has been denied \(IP: "(?<ip>[^"]*)"\)\.$`,
      LOGIN_FAILED,
    ),
    row(
      'Authentication request for ',
      String.raw`Authentication request for (?<user>.*) has been denied \(IP: (?<ip>[^()"]*)\)\.$`,
      LOGIN_FAILED,
    ),
    row(
      'Authentication request for "',
      String.raw`Authentication request for "(?<user>.*)" has succeeded\.$`,
      LOGIN_ACCEPTED,
    ),
    row(
      'Authentication request for ',
      String.raw`Authentication request for (?<user>.*) has succeeded\.$`,
      LOGIN_ACCEPTED,
    ),
    row(
      ' unsuccessful login attempts.',
      String.raw`Disabling user "(?<user>.*)" due to "?\d+"? unsuccessful login attempts\.$`,
      LOCKED_OUT,
    ),
    row('WebSocketManager: WS "', String.raw`WS "(?<ip>[^"]*)" request$`, {
      'event.category': NETWORK,
      'event.type': START,
      'event.action': 'websocket_opened',
    }),
    row('WebSocketManager: WS "', String.raw`WS "(?<ip>[^"]*)" closed$`, {
      'event.category': NETWORK,
      'event.type': END,
      'event.action': 'websocket_closed',
    }),
    {
      has: '] Jellyfin.',
      pattern: /^\[(?<level>[A-Z]{3})\] \[\d{1,9}\] (?<logger>Jellyfin\.[\w.]{1,120}): /,
      fields: {},
    },
    { has: '] ', pattern: /^\[(?<level>[A-Z]{3})\] \[\d{1,9}\] (?<logger>[\w.]{1,120}): /, fields: {}, quiet: true },
  ]),
});
