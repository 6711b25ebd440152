/** groupadd, groupmod, groupdel and gpasswd (shadow-utils). */
import { membership } from './membership.ts';
import type { Parser } from './parser.ts';

export const groupadd: Parser = {
  name: 'groupadd',
  programs: ['groupadd', 'groupmod', 'groupdel', 'gpasswd', 'addgroup', 'delgroup'],
  dataset: 'system.auth',
  service: 'auth',
  parse: membership,
};
