/** Nginx Proxy Manager: its own access formats, and nginx's error log and common formats. */
import { nginxError } from '../web/nginx-error.ts';
import { PROXY_MANAGER, proxyManagerAccess } from '../web/proxy-manager-access.ts';
import { accessOf, webServer } from '../web/server.ts';

export const nginxProxyManager = webServer('nginx-proxy-manager', {
  types: ['npm', 'nginxproxymanager'],
  paths: ['nginx-proxy-manager', 'proxy-host-', 'fallback_access.log', 'fallback_error.log', 'default-host_'],
  signatures: [{ has: ['" [Client ', '] [Length ', '] [Gzip '], test: PROXY_MANAGER }],
  parse: (message, line) =>
    proxyManagerAccess(message) ?? nginxError(message) ?? accessOf('nginx', message, line)?.fields,
});
