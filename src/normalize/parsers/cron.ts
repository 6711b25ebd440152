/** cron: `(root) CMD (run-parts /etc/cron.hourly)`, `(bob) REPLACE (bob)` of crontab. */
import { PROCESS, START } from '../ecs.ts';
import type { Parser } from './parser.ts';

const LINE = /^\(([^()]*)\) ([A-Z][A-Z ]{1,30}) \((.*)\)$/s;

const ACTIONS = new Map([
  ['REPLACE', 'crontab_replaced'],
  ['DELETE', 'crontab_deleted'],
  ['BEGIN EDIT', 'crontab_edited'],
  ['LIST', 'crontab_listed'],
]);

export const cron: Parser = {
  name: 'cron',
  programs: ['cron', 'crond', 'crontab', 'anacron'],
  dataset: 'system.syslog',
  service: 'cron',
  parse(message) {
    const match = LINE.exec(message);
    if (match === null) return undefined;
    const [, user = '', verb = '', detail = ''] = match;
    if (verb === 'CMD') {
      return {
        'event.category': PROCESS,
        'event.type': START,
        'event.action': 'cron_command',
        'user.name': user,
        'process.command_line': detail,
      };
    }
    const action = ACTIONS.get(verb);
    return action === undefined ? undefined : { 'event.action': action, 'user.name': user };
  },
};
