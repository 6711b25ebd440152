/** TeamSpeak 3 and 6 servers: columns between bars, `|LEVEL   |CHANNEL       |SERVER|TEXT`. Nicknames are the client's; the address comes behind them. */
import { application } from '../application.ts';
import { END, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, START } from '../ecs.ts';
import { type Wording, wordings } from '../wordings.ts';

const HEAD = String.raw`^\|(?<level>[A-Z]{4,8}) {0,5}\|(?<logger>\w{1,20}) {0,16}\|[ \d]{0,6}\|`;

const row = (has: string, text: string, fields: Wording['fields']): Wording => ({
  has,
  pattern: new RegExp(HEAD + text, 's'),
  fields,
});

export const ts3 = application('ts3', {
  programs: ['ts3', 'ts3server', 'teamspeak', 'tsserver'],
  paths: ['/ts3server', 'teamspeak'],
  product: 'teamspeak',
  ...wordings([
    row(
      ' attempted to login with account "',
      String.raw`query from \d{1,6} (?<peer>[\da-fA-F:.[\]]+) attempted to login with account "(?<user>.*)" and failed!$`,
      LOGIN_FAILED,
    ),
    row(
      ' issued: login with account "',
      String.raw`query from \d{1,6} (?<peer>[\da-fA-F:.[\]]+) issued: login with account "(?<user>.*)"\([^()]*\)$`,
      LOGIN_ACCEPTED,
    ),
    row(
      "client connected '",
      String.raw`client connected '(?<user>.*)'\(id:(?<uid>\d{1,9})\) from (?<peer>[\da-fA-F:.[\]]+)$`,
      {
        'event.category': ['session', 'network'],
        'event.type': START,
        'event.action': 'client_connected',
      },
    ),
    row(
      "client disconnected '",
      String.raw`client disconnected '(?<user>.*)'\(id:(?<uid>\d{1,9})\) reason 'reasonmsg=`,
      {
        'event.category': ['session', 'network'],
        'event.type': END,
        'event.action': 'client_disconnected',
      },
    ),
    row(' was banned for ', String.raw`query from \d{1,6} (?<peer>[\da-fA-F:.[\]]+) was banned for \d`, {
      'event.category': NETWORK,
      'event.type': ['denied'],
      'event.action': 'address_banned',
    }),
  ]),
});
