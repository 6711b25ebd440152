/**
 * The parsers, one file a program. To add one: write the file, add it to `PARSERS`, add a folder in `test/golden`.
 * Their order means nothing: `dispatch/` asks the more specific first.
 */
import { accessLogParser } from './access-log.ts';
import { adguardhome } from './adguardhome.ts';
import { amavis } from './amavis.ts';
import { apache } from './apache.ts';
import { apacheGuacamole } from './apache-guacamole.ts';
import { asterisk } from './asterisk.ts';
import { audiobookshelf } from './audiobookshelf.ts';
import { auditd } from './auditd.ts';
import { authelia } from './authelia.ts';
import { authentik } from './authentik.ts';
import { awsAlb } from './aws-alb.ts';
import { awsCloudfront } from './aws-cloudfront.ts';
import { awsCloudtrail } from './aws-cloudtrail.ts';
import { baikal } from './baikal.ts';
import { baserow } from './baserow.ts';
import { bitwarden } from './bitwarden.ts';
import { bookstack } from './bookstack.ts';
import { bunkerweb } from './bunkerweb.ts';
import { caddy } from './caddy.ts';
import { calibreWeb } from './calibre-web.ts';
import { cas } from './cas.ts';
import { cef } from './cef.ts';
import { centreon } from './centreon.ts';
import { cisco } from './cisco.ts';
import { clamav } from './clamav.ts';
import { cloudflare } from './cloudflare.ts';
import { couchdb } from './couchdb.ts';
import { cowrie } from './cowrie.ts';
import { cpanel } from './cpanel.ts';
import { cron } from './cron.ts';
import { crowdsec } from './crowdsec.ts';
import { cups } from './cups.ts';
import { dhcpParser } from './dhcp.ts';
import { dnsmasq } from './dnsmasq.ts';
import { dockerd } from './dockerd.ts';
import { dovecot } from './dovecot.ts';
import { dropbear } from './dropbear.ts';
import { drupal } from './drupal.ts';
import { emby } from './emby.ts';
import { endlessh } from './endlessh.ts';
import { envoy } from './envoy.ts';
import { exchange } from './exchange.ts';
import { exim } from './exim.ts';
import { fail2ban } from './fail2ban.ts';
import { falco } from './falco.ts';
import { fastly } from './fastly.ts';
import { filebrowser } from './filebrowser.ts';
import { filterlog } from './filterlog.ts';
import { fireflyiii } from './fireflyiii.ts';
import { fortinet } from './fortinet.ts';
import { freeswitch } from './freeswitch.ts';
import { fritzbox } from './fritzbox.ts';
import { gin } from './gin.ts';
import { gitea } from './gitea.ts';
import { gitlab } from './gitlab.ts';
import { gotify } from './gotify.ts';
import { grafana } from './grafana.ts';
import { groupOffice } from './group-office.ts';
import { groupadd } from './groupadd.ts';
import { haproxy } from './haproxy.ts';
import { harbor } from './harbor.ts';
import { hestiacp } from './hestiacp.ts';
import { homeAssistant } from './home-assistant.ts';
import { horde } from './horde.ts';
import { hostapd } from './hostapd.ts';
import { iis } from './iis.ts';
import { immich } from './immich.ts';
import { jellyfin } from './jellyfin.ts';
import { joplinServer } from './joplin-server.ts';
import { kasm } from './kasm.ts';
import { kernel } from './kernel.ts';
import { keycloak } from './keycloak.ts';
import { laurel } from './laurel.ts';
import { lfd } from './lfd.ts';
import { lighttpd } from './lighttpd.ts';
import { litespeed } from './litespeed.ts';
import { login } from './login.ts';
import { logind } from './logind.ts';
import { magentoExtension } from './magento-extension.ts';
import { mailscanner } from './mailscanner.ts';
import { mailuAdmin } from './mailu-admin.ts';
import { mealie } from './mealie.ts';
import { mikrotik } from './mikrotik.ts';
import { miniflux } from './miniflux.ts';
import { modsecurity } from './modsecurity.ts';
import { mongodb } from './mongodb.ts';
import { monit } from './monit.ts';
import { murmur } from './murmur.ts';
import { mysql } from './mysql.ts';
import { named } from './named.ts';
import { navidrome } from './navidrome.ts';
import { networkManager } from './network-manager.ts';
import { nextcloud } from './nextcloud.ts';
import { nginx } from './nginx.ts';
import { nginxProxyManager } from './nginx-proxy-manager.ts';
import { npmplus } from './npmplus.ts';
import { ntfy } from './ntfy.ts';
import { ntp } from './ntp.ts';
import { nut } from './nut.ts';
import { odoo } from './odoo.ts';
import { openappsec } from './openappsec.ts';
import { opencanary } from './opencanary.ts';
import { opensearchDashboards } from './opensearch-dashboards.ts';
import { openvpn } from './openvpn.ts';
import { openwrt } from './openwrt.ts';
import { owncloud } from './owncloud.ts';
import { paloAlto } from './palo-alto.ts';
import { pam } from './pam.ts';
import { paperlessNgx } from './paperless-ngx.ts';
import { passwd } from './passwd.ts';
import { pfsense } from './pfsense.ts';
import { phpmyadmin } from './phpmyadmin.ts';
import { plex } from './plex.ts';
import { polkit } from './polkit.ts';
import { portainer } from './portainer.ts';
import { postfix } from './postfix.ts';
import { postgres } from './postgres.ts';
import { proftpd } from './proftpd.ts';
import { proxmox } from './proxmox.ts';
import { proxmoxBackup } from './proxmox-backup.ts';
import { pterodactyl } from './pterodactyl.ts';
import { pureFtpd } from './pure-ftpd.ts';
import { pveFirewall } from './pve-firewall.ts';
import { qbittorrent } from './qbittorrent.ts';
import { qnap } from './qnap.ts';
import { redis } from './redis.ts';
import { roundcube } from './roundcube.ts';
import { rsync } from './rsync.ts';
import { sabnzbd } from './sabnzbd.ts';
import { samba } from './samba.ts';
import { saslauthd } from './saslauthd.ts';
import { seerr } from './seerr.ts';
import { servarr } from './servarr.ts';
import { sftpgo } from './sftpgo.ts';
import { smartd } from './smartd.ts';
import { snort } from './snort.ts';
import { sogo } from './sogo.ts';
import { squirrelmail } from './squirrelmail.ts';
import { sshd } from './sshd.ts';
import { sshesame } from './sshesame.ts';
import { sshguard } from './sshguard.ts';
import { stirlingPdf } from './stirling-pdf.ts';
import { strongswan } from './strongswan.ts';
import { su } from './su.ts';
import { sudo } from './sudo.ts';
import { suricata } from './suricata.ts';
import { sympa } from './sympa.ts';
import { synology } from './synology.ts';
import { systemd } from './systemd.ts';
import { technitium } from './technitium.ts';
import { teleport } from './teleport.ts';
import { thehive } from './thehive.ts';
import { traefik } from './traefik.ts';
import { truenas } from './truenas.ts';
import { ts3 } from './ts3.ts';
import { unbound } from './unbound.ts';
import { upsunHttplog } from './upsun-httplog.ts';
import { uptimeKuma } from './uptime-kuma.ts';
import { useradd } from './useradd.ts';
import { usermod } from './usermod.ts';
import { uvicorn } from './uvicorn.ts';
import { vaultwarden } from './vaultwarden.ts';
import { vsftpd } from './vsftpd.ts';
import { wazuh } from './wazuh.ts';
import { webmin } from './webmin.ts';
import { windows } from './windows.ts';
import { wireguard } from './wireguard.ts';
import { wordpress } from './wordpress.ts';
import { zeek } from './zeek.ts';
import { znc } from './znc.ts';
import { zoneminder } from './zoneminder.ts';
import { zoraxy } from './zoraxy.ts';
import type { Parser } from './parser.ts';

export type { Parser } from './parser.ts';

const ALL: readonly Parser[] = [
  accessLogParser,
  adguardhome,
  amavis,
  apache,
  apacheGuacamole,
  asterisk,
  audiobookshelf,
  auditd,
  authelia,
  authentik,
  awsAlb,
  awsCloudfront,
  awsCloudtrail,
  baikal,
  baserow,
  bitwarden,
  bookstack,
  bunkerweb,
  caddy,
  calibreWeb,
  cas,
  cef,
  centreon,
  cisco,
  clamav,
  cloudflare,
  couchdb,
  cowrie,
  cpanel,
  cron,
  crowdsec,
  cups,
  dhcpParser,
  dnsmasq,
  dockerd,
  dovecot,
  dropbear,
  drupal,
  emby,
  endlessh,
  envoy,
  exchange,
  exim,
  fail2ban,
  falco,
  fastly,
  filebrowser,
  filterlog,
  fireflyiii,
  fortinet,
  freeswitch,
  fritzbox,
  gin,
  gitea,
  gitlab,
  gotify,
  grafana,
  groupadd,
  groupOffice,
  haproxy,
  harbor,
  hestiacp,
  homeAssistant,
  horde,
  hostapd,
  iis,
  immich,
  jellyfin,
  joplinServer,
  kasm,
  kernel,
  keycloak,
  laurel,
  lfd,
  lighttpd,
  litespeed,
  login,
  logind,
  magentoExtension,
  mailscanner,
  mailuAdmin,
  mealie,
  mikrotik,
  miniflux,
  modsecurity,
  mongodb,
  monit,
  murmur,
  mysql,
  named,
  navidrome,
  networkManager,
  nextcloud,
  nginx,
  nginxProxyManager,
  npmplus,
  ntfy,
  ntp,
  nut,
  odoo,
  openappsec,
  opencanary,
  opensearchDashboards,
  openvpn,
  openwrt,
  owncloud,
  paloAlto,
  pam,
  paperlessNgx,
  passwd,
  pfsense,
  phpmyadmin,
  plex,
  polkit,
  portainer,
  postfix,
  postgres,
  proftpd,
  proxmox,
  proxmoxBackup,
  pterodactyl,
  pureFtpd,
  pveFirewall,
  qbittorrent,
  qnap,
  redis,
  roundcube,
  rsync,
  sabnzbd,
  samba,
  saslauthd,
  seerr,
  servarr,
  sftpgo,
  smartd,
  snort,
  sogo,
  squirrelmail,
  sshd,
  sshesame,
  sshguard,
  stirlingPdf,
  strongswan,
  su,
  sudo,
  suricata,
  sympa,
  synology,
  systemd,
  technitium,
  teleport,
  thehive,
  traefik,
  truenas,
  ts3,
  unbound,
  upsunHttplog,
  uptimeKuma,
  useradd,
  usermod,
  uvicorn,
  vaultwarden,
  vsftpd,
  wazuh,
  webmin,
  windows,
  wireguard,
  wordpress,
  zeek,
  znc,
  zoneminder,
  zoraxy,
];

/**
 * All with the same names in the same order: what one parser leaves out and another does not would make every look at a parser a search.
 */
const alike = (one: Parser): Parser => ({
  name: one.name,
  programs: one.programs,
  types: one.types,
  paths: one.paths,
  signatures: one.signatures,
  records: one.records,
  namesItself: one.namesItself,
  dataset: one.dataset,
  product: one.product,
  service: one.service,
  category: one.category,
  serviceType: one.serviceType,
  parse: one.parse,
  read: one.read,
  takes: one.takes,
  take: one.take,
});

export const PARSERS: readonly Parser[] = ALL.map(alike);

/** For every program that has no parser of its own: the event keeps its text and its envelope. */
export const GENERIC: Parser = alike({ name: 'generic', programs: [], dataset: 'system.syslog', service: 'syslog' });
