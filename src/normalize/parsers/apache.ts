/**
 * Apache httpd 2.2 and 2.4: the error log (`web/apache-error.ts`), and the access logs `common`, `combined` and `vhost_combined`, with or
 * without a port behind the virtual host.
 */
import { APACHE_ERROR, apacheError } from '../web/apache-error.ts';
import { accessOf, webServer } from '../web/server.ts';

export const apache = webServer('apache', {
  programs: ['apache2', 'httpd', 'apache'],
  types: ['httpd24', 'apache24'],
  paths: [
    '/apache2/',
    '/apache/',
    '/httpd/',
    'httpd-access',
    'httpd-error',
    'other_vhosts_access.log',
    'ssl_access_log',
    'ssl_request_log',
  ],
  signatures: [
    { has: ['] [pid '], test: APACHE_ERROR },
    { has: ['] [client '], test: APACHE_ERROR },
    { starts: '[notice] Apache/' },
  ],
  parse: (message, line) => apacheError(message) ?? accessOf('apache', message, line)?.fields,
});
