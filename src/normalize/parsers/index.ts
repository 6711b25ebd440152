/**
 * The parsers, one file a program. To add one: write the file, add it to `PARSERS`, add a folder in `test/golden`.
 * Their order means nothing: `dispatch/` asks the more specific first.
 */
import { accessLogParser } from './access-log.ts';
import { apache } from './apache.ts';
import { apacheGuacamole } from './apache-guacamole.ts';
import { audiobookshelf } from './audiobookshelf.ts';
import { auditd } from './auditd.ts';
import { authelia } from './authelia.ts';
import { authentik } from './authentik.ts';
import { baikal } from './baikal.ts';
import { baserow } from './baserow.ts';
import { bitwarden } from './bitwarden.ts';
import { bookstack } from './bookstack.ts';
import { caddy } from './caddy.ts';
import { calibreWeb } from './calibre-web.ts';
import { cas } from './cas.ts';
import { centreon } from './centreon.ts';
import { couchdb } from './couchdb.ts';
import { cron } from './cron.ts';
import { dhcpParser } from './dhcp.ts';
import { dovecot } from './dovecot.ts';
import { dropbear } from './dropbear.ts';
import { drupal } from './drupal.ts';
import { emby } from './emby.ts';
import { exchange } from './exchange.ts';
import { exim } from './exim.ts';
import { filebrowser } from './filebrowser.ts';
import { fireflyiii } from './fireflyiii.ts';
import { gin } from './gin.ts';
import { gitea } from './gitea.ts';
import { gitlab } from './gitlab.ts';
import { gotify } from './gotify.ts';
import { grafana } from './grafana.ts';
import { groupOffice } from './group-office.ts';
import { groupadd } from './groupadd.ts';
import { haproxy } from './haproxy.ts';
import { harbor } from './harbor.ts';
import { homeAssistant } from './home-assistant.ts';
import { horde } from './horde.ts';
import { immich } from './immich.ts';
import { jellyfin } from './jellyfin.ts';
import { joplinServer } from './joplin-server.ts';
import { kasm } from './kasm.ts';
import { kernel } from './kernel.ts';
import { keycloak } from './keycloak.ts';
import { laurel } from './laurel.ts';
import { login } from './login.ts';
import { logind } from './logind.ts';
import { mailuAdmin } from './mailu-admin.ts';
import { mealie } from './mealie.ts';
import { miniflux } from './miniflux.ts';
import { mongodb } from './mongodb.ts';
import { monit } from './monit.ts';
import { murmur } from './murmur.ts';
import { mysql } from './mysql.ts';
import { navidrome } from './navidrome.ts';
import { networkManager } from './network-manager.ts';
import { nextcloud } from './nextcloud.ts';
import { nginx } from './nginx.ts';
import { ntfy } from './ntfy.ts';
import { odoo } from './odoo.ts';
import { opensearchDashboards } from './opensearch-dashboards.ts';
import { owncloud } from './owncloud.ts';
import { pam } from './pam.ts';
import { paperlessNgx } from './paperless-ngx.ts';
import { passwd } from './passwd.ts';
import { phpmyadmin } from './phpmyadmin.ts';
import { plex } from './plex.ts';
import { polkit } from './polkit.ts';
import { portainer } from './portainer.ts';
import { postfix } from './postfix.ts';
import { postgres } from './postgres.ts';
import { proftpd } from './proftpd.ts';
import { pterodactyl } from './pterodactyl.ts';
import { pureFtpd } from './pure-ftpd.ts';
import { qbittorrent } from './qbittorrent.ts';
import { redis } from './redis.ts';
import { roundcube } from './roundcube.ts';
import { sabnzbd } from './sabnzbd.ts';
import { samba } from './samba.ts';
import { seerr } from './seerr.ts';
import { servarr } from './servarr.ts';
import { sftpgo } from './sftpgo.ts';
import { sogo } from './sogo.ts';
import { squirrelmail } from './squirrelmail.ts';
import { sshd } from './sshd.ts';
import { stirlingPdf } from './stirling-pdf.ts';
import { su } from './su.ts';
import { sudo } from './sudo.ts';
import { systemd } from './systemd.ts';
import { teleport } from './teleport.ts';
import { thehive } from './thehive.ts';
import { traefik } from './traefik.ts';
import { ts3 } from './ts3.ts';
import { uptimeKuma } from './uptime-kuma.ts';
import { useradd } from './useradd.ts';
import { usermod } from './usermod.ts';
import { uvicorn } from './uvicorn.ts';
import { vaultwarden } from './vaultwarden.ts';
import { vsftpd } from './vsftpd.ts';
import { webmin } from './webmin.ts';
import { windows } from './windows.ts';
import { wordpress } from './wordpress.ts';
import { znc } from './znc.ts';
import { zoneminder } from './zoneminder.ts';
import type { Parser } from './parser.ts';

export type { Parser } from './parser.ts';

export const PARSERS: readonly Parser[] = [
  accessLogParser,
  apache,
  apacheGuacamole,
  audiobookshelf,
  auditd,
  authelia,
  authentik,
  baikal,
  baserow,
  bitwarden,
  bookstack,
  caddy,
  calibreWeb,
  cas,
  centreon,
  couchdb,
  cron,
  dhcpParser,
  dovecot,
  dropbear,
  drupal,
  emby,
  exchange,
  exim,
  filebrowser,
  fireflyiii,
  gin,
  gitea,
  gitlab,
  gotify,
  grafana,
  groupadd,
  groupOffice,
  haproxy,
  harbor,
  homeAssistant,
  horde,
  immich,
  jellyfin,
  joplinServer,
  kasm,
  kernel,
  keycloak,
  laurel,
  login,
  logind,
  mailuAdmin,
  mealie,
  miniflux,
  mongodb,
  monit,
  murmur,
  mysql,
  navidrome,
  networkManager,
  nextcloud,
  nginx,
  ntfy,
  odoo,
  opensearchDashboards,
  owncloud,
  pam,
  paperlessNgx,
  passwd,
  phpmyadmin,
  plex,
  polkit,
  portainer,
  postfix,
  postgres,
  proftpd,
  pterodactyl,
  pureFtpd,
  qbittorrent,
  redis,
  roundcube,
  sabnzbd,
  samba,
  seerr,
  servarr,
  sftpgo,
  sogo,
  squirrelmail,
  sshd,
  stirlingPdf,
  su,
  sudo,
  systemd,
  teleport,
  thehive,
  traefik,
  ts3,
  uptimeKuma,
  useradd,
  usermod,
  uvicorn,
  vaultwarden,
  vsftpd,
  webmin,
  windows,
  wordpress,
  znc,
  zoneminder,
];

/** For every program that has no parser of its own: the event keeps its text and its envelope. */
export const GENERIC: Parser = { name: 'generic', programs: [], dataset: 'system.syslog', service: 'syslog' };
