/** Field names a query may mean: for telling a slip of the keys from a field of somebody's own. */

const KNOWN = new Set(
  `@timestamp event.ingested event.dataset event.category event.type event.action event.outcome event.original event.kind
  event.module event.provider event.code event.reason event.severity event.duration event.created event.start event.end
  event.sequence host.name host.hostname host.ip host.mac host.os.name host.os.type agent.id agent.name agent.type
  process.name process.pid process.executable process.command_line process.args process.parent.name process.parent.pid
  process.parent.executable process.parent.command_line process.working_directory process.hash.sha256 process.title
  user.name user.id user.domain user.email user.group.name user.target.name user.effective.name user.changes.name
  source.ip source.port source.address source.domain source.mac source.bytes source.packets source.geo.country_iso_code
  source.geo.country_name source.geo.city_name source.as.number source.as.organization.name source.user.name source.nat.ip
  destination.ip destination.port destination.address destination.domain destination.mac destination.bytes
  destination.nat.ip client.ip client.port server.ip server.port network.transport network.protocol network.direction
  network.type network.bytes network.iana_number network.community_id observer.name observer.vendor
  observer.ingress.interface.name observer.egress.interface.name message error.message error.code tags labels.product
  labels.category labels.service log.level log.file.path log.syslog.appname log.syslog.facility.name
  log.syslog.facility.code log.syslog.severity.name log.syslog.severity.code log.syslog.priority log.syslog.procid
  log.syslog.msgid log.syslog.hostname file.path file.name file.extension file.directory file.hash.sha256 file.size
  file.owner group.name group.id url.original url.path url.domain url.query url.full url.scheme http.request.method
  http.request.referrer http.request.body.bytes http.response.status_code http.response.body.bytes http.version
  user_agent.original user_agent.name dns.question.name dns.question.type dns.answers.data dns.response_code
  rule.id rule.name service.name service.type service.state session.id threat.indicator.ip registry.path registry.key
  registry.value registry.data.strings tls.version tls.client.ja3 tls.server.subject container.id container.name
  container.image.name package.name package.version winlog.channel winlog.event_id winlog.computer_name`.split(/\s+/),
);

/** Names that people bring from elsewhere; all in lower case without `_`, `-` and `.`. */
const MEANT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    addr: 'source.ip',
    clientip: 'source.ip',
    cmdline: 'process.command_line',
    commandline: 'process.command_line',
    computer: 'host.name',
    dest: 'destination.ip',
    destip: 'destination.ip',
    destport: 'destination.port',
    dst: 'destination.ip',
    dstip: 'destination.ip',
    dstport: 'destination.port',
    dport: 'destination.port',
    eventid: 'winlog.event_id',
    facility: 'log.syslog.facility.name',
    file: 'file.path',
    host: 'host.name',
    hostname: 'host.name',
    image: 'process.executable',
    ip: 'source.ip',
    level: 'log.level',
    method: 'http.request.method',
    msg: 'message',
    path: 'url.path',
    pid: 'process.pid',
    port: 'source.port',
    proc: 'process.name',
    process: 'process.name',
    program: 'process.name',
    remoteip: 'source.ip',
    service: 'service.name',
    severity: 'log.syslog.severity.name',
    sport: 'source.port',
    src: 'source.ip',
    srcip: 'source.ip',
    srcport: 'source.port',
    status: 'http.response.status_code',
    time: '@timestamp',
    timestamp: '@timestamp',
    url: 'url.original',
    user: 'user.name',
    username: 'user.name',
    useragent: 'user_agent.original',
  }),
);

/** Free text: a value may lie anywhere in it. In every other field it is the whole value. */
const FREE_TEXT = new Set(['message', 'event.original', 'error.message', 'process.command_line']);

/** Holds a moment, as ms or in ISO 8601. */
const TIMES = new Set(['@timestamp', 'event.ingested', 'event.created', 'event.start', 'event.end']);

export const isTime = (name: string): boolean => TIMES.has(name);
export const knownFields = (): readonly string[] => [...KNOWN];
export const isKnownField = (name: string): boolean => KNOWN.has(name);
export const isFreeText = (name: string): boolean => FREE_TEXT.has(name);

/** The field that was probably meant, or undefined when none is near. */
export function suggestField(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (KNOWN.has(lower)) return lower;
  const meant = MEANT.get(lower.replace(/[_.-]/g, ''));
  if (meant !== undefined) return meant;
  const most = Math.min(3, Math.floor(lower.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const field of KNOWN) {
    const distance = editDistance(lower, field, least);
    if (distance < least) {
      least = distance;
      best = field;
    }
  }
  return best;
}

/** Levenshtein's distance; anything from `limit` on comes back as `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? limit) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(swap, (previous[j] ?? limit) + 1, (current[j - 1] ?? limit) + 1));
    }
    if (Math.min(...current) >= limit) return limit;
    previous = current;
  }
  return Math.min(previous[b.length] ?? limit, limit);
}
