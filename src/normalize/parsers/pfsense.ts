/**
 * pfSense and OPNsense: their web interfaces, whose PHP writes `/PAGE.php: TEXT` under the tag `php-fpm`, `lighttpd`, `audit` or `api`, and what
 * OPNsense says of each authentication. The account's name stands in quotes; the address is the last word but for the way in brackets.
 */
import { LOGIN_DETAIL, withServiceType } from '../application.ts';
import { CONFIGURATION, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { wordings } from '../wordings.ts';

const changed = { 'event.category': CONFIGURATION, 'event.type': ['change'], 'event.action': 'configuration_change' };

const rows = wordings([
  {
    has: 'webConfigurator authentication error for ',
    pattern:
      /^(?:\/[\w./-]{1,120}: )?webConfigurator authentication error for (?:user )?'(?<user>.*)' from:? (?<ip>[\da-fA-F:.%\w]{2,60})(?: \([^()]{1,64}\))?$/s,
    fields: LOGIN_FAILED,
  },
  {
    has: 'Web GUI authentication error for ',
    pattern:
      /^(?:\/[\w./-]{1,120}: )?Web GUI authentication error for (?:user )?'(?<user>.*)' from:? (?<ip>[\da-fA-F:.%\w]{2,60})(?: \([^()]{1,64}\))?$/s,
    fields: LOGIN_FAILED,
  },
  {
    has: 'Successful login for user ',
    pattern:
      /^(?:\/[\w./-]{1,120}: )?Successful login for user '(?<user>.*)' from: (?<ip>[\da-fA-F:.%\w]{2,60})(?: \([^()]{1,64}\))?$/s,
    fields: LOGIN_ACCEPTED,
  },
  {
    has: 'User logged out for user ',
    pattern:
      /^(?:\/[\w./-]{1,120}: )?User logged out for user '(?<user>.*)' from: (?<ip>[\da-fA-F:.%\w]{2,60})(?: \([^()]{1,64}\))?$/s,
    fields: LOGOUT,
  },
  {
    has: 'Session timed out for user ',
    pattern:
      /^(?:\/[\w./-]{1,120}: )?Session timed out for user '(?<user>.*)' from: (?<ip>[\da-fA-F:.%\w]{2,60})(?: \([^()]{1,64}\))?$/s,
    fields: LOGOUT,
  },
  {
    has: ': Configuration Change: ',
    pattern:
      /^\/[\w./-]{1,120}: Configuration Change: (?<user>[^\s@]{1,64})@(?<ip>[\da-fA-F:.]{2,45}) (?:\([^()]{1,64}\))?: (?<reason>.{1,400})/s,
    fields: changed,
  },
  {
    has: ' changed configuration to /conf/',
    pattern:
      /^user (?<user>[^\s@]{1,64})(?:@(?<ip>[\da-fA-F:.]{2,45}))? changed configuration to \/conf\/[\w./-]{1,120} in (?<reason>\/\S{1,200})/,
    fields: changed,
  },
  // The web interface tells of the same attempt, with the address.
  {
    has: ' authenticated successfully for ',
    pattern: /^user (?<user>.*) authenticated successfully for (?<service>[\w-]{1,40}) \[using .{1,200}\]$/s,
    fields: LOGIN_DETAIL,
  },
  {
    has: ' could not authenticate for ',
    pattern: /^user (?<user>.*) could not authenticate for (?<service>[\w-]{1,40})\. \[using .{1,200}\]$/s,
    fields: LOGIN_DETAIL,
  },
]);

export const pfsense = withServiceType({
  name: 'pfsense',
  programs: ['pfsense', 'opnsense', 'audit', 'api'],
  types: ['opnsense', 'pfsense-gui'],
  dataset: 'pfsense.log',
  product: 'pfsense',
  service: 'pfsense',
  ...rows,
});
