/**
 * Whose log a JSON record is of, told by its fields: for records that nobody names and no parser knows.
 *
 * A file that somebody hunts through is seldom what a shipper sends: clouds' exports, events of Windows of which only the data was kept,
 * records under Sigma's own names. What is told here is only which rules are for the record (Sigma's product, category, service); its fields keep
 * their names, because the rules for these log sources use them. Of several rows that fit, the first one tells.
 *
 * Fields: `a.b` is asked for nested, and as a name with a dot. Sources: the references of the clouds' logs, and Sigma's taxonomy
 * (SigmaHQ, sigma-specification, appendix taxonomy).
 */
type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

type Label = string | readonly string[];

export interface Told {
  readonly product?: Label;
  readonly category?: Label;
  readonly service?: Label;
}

/** A record, and the names that it has at the top: `a.b` is also `a`. */
interface Seen {
  readonly record: Tree;
  readonly names: ReadonlySet<string>;
}

type When = (seen: Seen) => boolean;

interface Row extends Told {
  readonly when: When;
}

/** What stands at `a.b`; undefined where nothing does. */
function at({ record }: Seen, path: string): unknown {
  if (record[path] !== undefined || !path.includes('.')) return record[path];
  let found: unknown = record;
  for (const part of path.split('.')) {
    if (!isTree(found)) return undefined;
    found = found[part];
  }
  return found;
}

const has = (seen: Seen, path: string): boolean => seen.names.has(path) || at(seen, path) !== undefined;
const wordsOf = (text: string): readonly string[] => text.split(' ');

/** Names with blanks between. */
function all(names: string): When {
  const paths = wordsOf(names);
  return (seen) => paths.every((path) => has(seen, path));
}
function any(names: string): When {
  const paths = wordsOf(names);
  return (seen) => paths.some((path) => has(seen, path));
}
const both =
  (...tests: readonly When[]): When =>
  (seen) =>
    tests.every((test) => test(seen));
const not =
  (test: When): When =>
  (seen) =>
    !test(seen);
/** One of the names has a text that looks so. */
function like(names: string, pattern: RegExp): When {
  const paths = wordsOf(names);
  return (seen) =>
    paths.some((path) => {
      const value = at(seen, path);
      return typeof value === 'string' && pattern.test(value);
    });
}

/** Where Azure Monitor, Log Analytics and Graph name the kind of a record. */
const KIND = 'category Category Type type';
const M365 = wordsOf('audit exchange threat_management threat_detection');
const WORKSPACE = ['gcp.audit', 'google_workspace.admin', 'google_workspace.login'];
const AUDIT_TYPE = /^(?:[a-z]+_)*[a-z]{2,}\d?$/i;

const CLOUDS: readonly Row[] = [
  { product: 'aws', service: 'cloudtrail', when: both(like('eventSource', /\.amazonaws\.com$/), all('eventName')) },
  { product: 'aws', service: 'cloudtrail', when: all('eventName eventVersion awsRegion') },
  {
    product: 'okta',
    service: 'okta',
    when: both(any('eventType eventtype'), any('legacyEventType debugContext outcome actor displayMessage published')),
  },
  {
    product: 'kubernetes',
    category: 'application',
    service: 'audit',
    when: like('apiVersion', /^audit\.k8s\.io\//),
  },
  {
    product: 'kubernetes',
    category: 'application',
    service: 'audit',
    when: both(all('verb'), any('objectRef requestURI auditID stage')),
  },
  {
    product: 'gcp',
    service: 'google_workspace.login',
    when: like('protoPayload.serviceName', /^login\.googleapis\.com$/),
  },
  { product: 'gcp', service: WORKSPACE, when: any('protoPayload data.protoPayload gcp.audit') },
  { product: 'gcp', service: 'google_workspace.admin', when: like('eventService', /\.googleapis\.com$/) },
  { product: 'bitbucket', service: 'audit', when: any('auditType.category auditType.action') },
  { product: 'github', service: 'audit', when: both(like('action', /^[a-z_]+\.[a-z_.]+$/), any('actor org business')) },
  { product: 'm365', service: M365, when: both(all('Workload'), any('Operation RecordType')) },
  { product: 'm365', service: M365, when: all('eventSource eventName status') },
  { product: 'onelogin', service: 'onelogin.events', when: all('event_type_id') },
  { product: 'cisco', service: 'duo', when: any('access_device auth_device') },
];

const AZURE: readonly Row[] = [
  { product: 'azure', service: ['riskdetection', 'pim'], when: any('riskEventType properties.riskEventType') },
  { product: 'azure', service: 'auditlogs', when: like(KIND, /^AuditLogs$/i) },
  { product: 'azure', service: 'signinlogs', when: like(KIND, /SignIn(?:Events|Logs)$/i) },
  {
    product: 'azure',
    service: 'activitylogs',
    when: both(
      like(KIND, /^(?:AzureActivity|Administrative|Policy|Security|Alert|Autoscale|Recommendation|\w+Health)$/i),
      any('operationName OperationName OperationNameValue resourceId ResourceId'),
    ),
  },
  {
    product: 'azure',
    service: 'auditlogs',
    when: any(
      'activityDisplayName ActivityDisplayName loggedByService LoggedByService targetResources TargetResources',
    ),
  },
  {
    product: 'azure',
    service: 'signinlogs',
    when: both(
      any('userPrincipalName UserPrincipalName'),
      any('appDisplayName AppDisplayName conditionalAccessStatus ConditionalAccessStatus ResultType'),
    ),
  },
  { product: 'azure', service: 'activitylogs', when: any('OperationNameValue CategoryValue ResourceProviderValue') },
  {
    product: 'azure',
    service: ['auditlogs', 'signinlogs'],
    when: like('resourceId ResourceId', /\/microsoft\.aadiam$/i),
  },
  {
    product: 'azure',
    service: 'activitylogs',
    when: both(like('operationName', /^Microsoft\./i), any('resourceId ResourceId')),
  },
];

const OTHERS: readonly Row[] = [
  { product: 'opencanary', category: 'application', service: 'opencanary', when: all('logtype node_id') },
  { product: 'rpc_firewall', category: 'application', when: any('InterfaceUuid') },
  {
    product: 'linux',
    service: 'auditd',
    when: both(like('type', AUDIT_TYPE), any('msg a0 exe comm name key SYSCALL syscall nametype unit')),
  },
];

/** Records under Sysmon's names, by those that no other kind has. */
const KINDS: readonly (readonly [category: string, when: When])[] = [
  [
    'create_remote_thread',
    both(all('SourceImage TargetImage'), any('StartAddress StartModule StartFunction NewThreadId')),
  ],
  ['process_access', all('SourceImage TargetImage')],
  ['registry_delete', both(all('TargetObject'), like('EventType', /^Delete/))],
  ['registry_add', both(all('TargetObject'), like('EventType', /^Create/))],
  ['registry_rename', both(all('TargetObject'), any('NewName'))],
  ['registry_set', all('TargetObject')],
  ['image_load', all('ImageLoaded Image')],
  ['driver_load', all('ImageLoaded')],
  ['pipe_created', all('PipeName')],
  ['dns_query', all('QueryName')],
  ['file_event', all('TargetFilename')],
  ['network_connection', any('DestinationIp DestinationHostname')],
  ['process_creation', any('CommandLine ParentImage ParentCommandLine')],
];
/** Kinds that only Windows has. */
const ITS_OWN = /^(?:create_remote_thread|process_access|registry_|image_load|driver_load|pipe_created)/;
const PATHS = 'Image ParentImage TargetFilename';
const OF_WINDOWS = like(PATHS, /^(?:"?[a-z]:\\|\\|System$)|\.exe$/i);
const OF_POSIX = like(PATHS, /^\//);

const SYSTEMS: readonly Row[] = KINDS.flatMap(([category, when]): readonly Row[] =>
  ITS_OWN.test(category)
    ? [{ product: 'windows', category, when }]
    : [
        { product: 'windows', category, when: both(when, OF_WINDOWS) },
        { product: ['linux', 'macos'], category, when: both(when, OF_POSIX) },
        {
          product: ['windows', 'linux', 'macos'],
          category,
          when: both(when, any(`${PATHS} CommandLine ParentCommandLine`)),
        },
      ],
);

/** W3C's names, which web servers and proxies share but for these. */
const OF_PROXY = any('c-uri c-uri-extension c-uri-query c-uri-stem c-useragent cs-referrer r-dns');
const OF_SERVER = any(
  'cs-uri-stem cs-uri-query cs-user-agent cs-referer cs-username s-ip s-port s-sitename sc-substatus',
);
const OF_EITHER = any('cs-method cs-host cs-cookie cs-bytes cs-version cs-uri cs-content-type sc-status sc-bytes');

const NETWORK: readonly Row[] = [
  { category: 'antivirus', when: all('Signature Filename') },
  { category: 'proxy', when: both(OF_PROXY, not(OF_SERVER)) },
  { category: 'webserver', when: both(OF_SERVER, not(OF_PROXY)) },
  { category: ['webserver', 'proxy'], when: (seen) => OF_PROXY(seen) || OF_EITHER(seen) },
  {
    category: 'dns',
    when: both(all('query'), any('record_type answer answers qtype qtype_name query_type rcode rcode_name')),
  },
  { category: 'firewall', when: both(all('src_ip dst_ip'), any('dst_port action')) },
];

const ROWS: readonly Row[] = [
  ...CLOUDS,
  ...AZURE,
  ...OTHERS,
  ...SYSTEMS,
  { product: 'windows', category: 'ps_script', when: any('ScriptBlockText') },
  ...NETWORK,
];

/** Zeek's logs by `_path`, which streams say, or by their columns. The labels that its parser gives say no more than whose they are. */
const ZEEK: readonly Row[] = (
  [
    ['smb_files', like('action', /^SMB::/)],
    ['http', any('method status_code user_agent')],
    ['dns', any('query qtype qtype_name')],
    ['dce_rpc', any('endpoint operation')],
    ['x509', any('certificate.serial')],
    ['kerberos', any('request_type')],
    ['rdp', any('security_protocol encryption_level')],
  ] as const
).map(([service, columns]) => {
  const named = like('_path', new RegExp(`^${service}$`));
  return {
    product: 'zeek',
    service: ['zeek', service],
    when: (seen) => named(seen) || (!has(seen, '_path') && columns(seen)),
  };
});

/** What parsers name less exactly than rules ask for. */
const FINER: Readonly<Record<string, readonly Row[]>> = { zeek: ZEEK, opencanary: OTHERS, windows: OTHERS };

function seenOf(record: Tree): Seen {
  const names = new Set<string>();
  for (const name of Object.keys(record)) {
    names.add(name);
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) names.add(name.slice(0, dot));
  }
  return { record, names };
}

/** `product`: what the event's label says so far. undefined where that is all, or the fields tell nothing. */
export function told(record: Tree, product: unknown): Told | undefined {
  const rows = product === 'generic' ? ROWS : FINER[String(product)];
  if (rows === undefined) return undefined;
  const seen = seenOf(record);
  return rows.find(({ when }) => when(seen));
}
