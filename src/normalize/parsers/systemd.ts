/** systemd's manager (PID 1 and those of users): units that start, stop and fail, and the machine's own start and end. */
import { HOST, PROCESS } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const unit = (action: string, type: string): Parsed => ({
  'event.category': PROCESS,
  'event.type': [type],
  'event.action': action,
});
const host = (action: string, type: string): Parsed => ({
  'event.category': HOST,
  'event.type': [type],
  'event.action': action,
});

/** A unit's description follows its name since v250; before, it stands alone. */
const UNIT = String.raw`(?<service>[^\s:]{1,256}\.(?:service|socket|target|timer|mount|scope|slice|path|device|swap|automount))`;
const named = (before: string, after: string): RegExp => new RegExp(`^${before}${UNIT}${after}`);

export const systemd: Parser = {
  name: 'systemd',
  programs: ['systemd', 'init'],
  namesItself: true,
  dataset: 'system.syslog',
  service: 'syslog',
  ...wordings([
    {
      starts: 'Starting ',
      pattern: named('Starting ', '(?: - |\\.\\.\\.$)'),
      fields: unit('service_starting', 'start'),
    },
    { starts: 'Started ', pattern: named('Started ', '(?: - |\\.$)'), fields: unit('service_started', 'start') },
    { starts: 'Stopping ', pattern: named('Stopping ', '(?: - |\\.\\.\\.$)'), fields: unit('service_stopping', 'end') },
    { starts: 'Stopped ', pattern: named('Stopped ', '(?: - |\\.$)'), fields: unit('service_stopped', 'end') },
    { starts: 'Finished ', pattern: named('Finished ', '(?: - |\\.$)'), fields: unit('service_finished', 'end') },
    {
      starts: 'Failed to start ',
      pattern: named('Failed to start ', '(?: - |\\.$)'),
      fields: unit('service_failed', 'error'),
    },
    { starts: 'Failed to start ', fields: unit('service_failed', 'error') },
    { starts: 'Reloading ', fields: unit('service_reloading', 'change') },
    { starts: 'Reloaded ', fields: unit('service_reloaded', 'change') },
    { starts: 'Starting ', fields: unit('service_starting', 'start') },
    { starts: 'Started ', fields: unit('service_started', 'start') },
    { starts: 'Stopping ', fields: unit('service_stopping', 'end') },
    { starts: 'Stopped ', fields: unit('service_stopped', 'end') },
    { starts: 'Finished ', fields: unit('service_finished', 'end') },
    {
      has: ": Failed with result '",
      pattern: named('', ": Failed with result '(?<reason>[a-z-]{1,40})'\\.$"),
      fields: unit('service_failed', 'error'),
    },
    {
      has: ': Main process exited, ',
      pattern: named('', ': Main process exited, (?<reason>code=\\w{1,16}, status=.{1,40})$'),
      fields: unit('service_exited', 'end'),
    },
    {
      has: ': Scheduled restart job, ',
      pattern: named('', ': Scheduled restart job, restart counter is at \\d+\\.$'),
      fields: unit('service_restarting', 'start'),
    },
    {
      has: ': A process of this unit has been killed by the OOM killer',
      pattern: named('', ': A process'),
      fields: unit('oom_killed', 'end'),
    },
    { has: ': Deactivated successfully.', pattern: named('', ': Deactivated'), fields: unit('service_stopped', 'end') },
    { starts: 'Startup finished in ', fields: host('system_booted', 'start') },
    { starts: 'Reached target ', fields: host('target_reached', 'info') },
    { starts: 'Shutting down.', fields: host('system_shutdown', 'end') },
    { starts: 'System is powering down', fields: host('system_shutdown', 'end') },
    { starts: 'System is rebooting', fields: host('system_reboot', 'end') },
  ]),
};
