/** NPMplus, a fork of Nginx Proxy Manager: an access format with the host first (`web/nginx-host-first.ts`), and nginx's error log. */
import { nginxError } from '../web/nginx-error.ts';
import { HOST_FIRST, nginxHostFirst } from '../web/nginx-host-first.ts';
import { proxyManagerAccess } from '../web/proxy-manager-access.ts';
import { accessOf, webServer } from '../web/server.ts';

export const npmplus = webServer('npmplus', {
  paths: ['npmplus'],
  signatures: [{ has: [' HTTP/'], test: HOST_FIRST }],
  parse: (message, line) =>
    nginxHostFirst(message) ??
    nginxError(message) ??
    proxyManagerAccess(message) ??
    accessOf('nginx', message, line)?.fields,
});
