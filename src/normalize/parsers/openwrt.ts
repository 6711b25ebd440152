/** OpenWrt's web interface LuCI, whose server `uhttpd` (or rpcd) tells of log-ins: `luci: failed login on / for root from ADDR`. */
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';

export const openwrt = application('openwrt', {
  programs: ['uhttpd', 'luci', 'openwrt'],
  ...wordings([
    {
      has: 'failed login on ',
      pattern:
        /^(?:\[info\] )?(?:luci: )?failed login on (?<url>\/\S{0,200}) for (?<user>.*) from (?<ip>[\da-fA-F:.]{2,45})$/s,
      fields: LOGIN_FAILED,
    },
    {
      has: 'accepted login on ',
      pattern:
        /^(?:\[info\] )?(?:luci: )?accepted login on (?<url>\/\S{0,200}) for (?<user>.*) from (?<ip>[\da-fA-F:.]{2,45})$/s,
      fields: LOGIN_ACCEPTED,
    },
  ]),
});
