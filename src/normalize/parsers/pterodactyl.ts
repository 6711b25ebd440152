/**
 * Pterodactyl's and Pelican's Wings: apex/log on the console, `LEVEL: [Mon  D hh:mm:ss.mmm] TEXT name=value …`, the names in alphabetical
 * order, the values bare. The name is the client's and comes last, so the first of two pairs with one name counts.
 */
import { setEndpoint } from '../address.ts';
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { pairsOf } from '../logfmt.ts';
import type { Draft, Parsed } from './parser.ts';

const FAILED = /^failed to validate user credentials \((?<reason>[\w ]{1,80})\) /;
const ACCEPTED = /^credentials validated and matched to server instance /;

function parse(message: string): Parsed | undefined {
  const failed = FAILED.exec(message);
  const head = failed ?? ACCEPTED.exec(message);
  if (head === null) return undefined;
  const pairs = pairsOf(message, head[0].length);
  const draft: Draft = { ...(failed === null ? LOGIN_ACCEPTED : LOGIN_FAILED) };
  setEndpoint(draft, pairs['ip'] ?? '');
  const named = message.lastIndexOf(' username=');
  if (named !== -1) draft['user.name'] = message.slice(named + 10);
  if (pairs['subsystem'] !== undefined) draft['network.protocol'] = pairs['subsystem'];
  const reason = failed?.groups?.['reason'];
  if (reason !== undefined) draft['event.reason'] = reason;
  return draft;
}

export const pterodactyl = application('pterodactyl', {
  programs: ['pterodactyl', 'wings', 'pelican'],
  paths: ['/pterodactyl/', '/pelican/'],
  signatures: [
    { starts: 'failed to validate user credentials (', has: [' subsystem=sftp'], test: FAILED },
    { starts: 'credentials validated and matched to server instance ', has: [' subsystem=sftp'] },
  ],
  parse,
});
