/**
 * Whose log a record is of, told by its fields: clouds' logs, and records under Sigma's own names, which say nowhere what they are.
 *
 * Two readers ask. Whoever takes records as they come asks what is *sure*: names, or values, that nobody else writes, so that a program of
 * the house is never taken for a cloud. Whoever looks through a file asks what is *likely*: somebody chose the file and the rules.
 *
 * What is told is only which rules are for the record (Sigma's product, category, service); its fields keep their names, because the rules
 * for these log sources use them. Of several rows that fit, the first one tells. Sources: the references of the clouds' logs, and Sigma's
 * taxonomy (SigmaHQ, sigma-specification, appendix taxonomy).
 */
import { all, any, both, like, never, not, type Tree, type When } from './when.ts';

type Label = string | readonly string[];

export interface Told {
  readonly product?: Label;
  readonly category?: Label;
  readonly service?: Label;
}

export interface Row extends Told {
  readonly likely: When;
  readonly sure: When;
}

/** Where Azure Monitor, Log Analytics and Graph name the kind of a record. */
const KIND = 'category Category Type type';
const OPERATION = 'operationName OperationName OperationNameValue activityDisplayName ActivityDisplayName';
const M365 = 'audit exchange threat_management threat_detection'.split(' ');
const WORKSPACE = ['gcp.audit', 'google_workspace.admin', 'google_workspace.login'];
const AUDIT_TYPE = /^(?:[a-z]+_)*[a-z]{2,}\d?$/i;
const GOOGLE = /\.googleapis\.com$/;
/** A resource in Azure, or a tenant's directory. */
const RESOURCE = /^\/(?:subscriptions|tenants|providers)\//i;
const inAzure = like('resourceId ResourceId _ResourceId', RESOURCE);

/** Where what is likely is sure. */
const certain = (row: Told, when: When): Row => ({ ...row, likely: when, sure: when });

const K8S: Told = { product: 'kubernetes', category: 'application', service: 'audit' };
const CLOUDTRAIL: Told = { product: 'aws', service: 'cloudtrail' };
const ADMIN: Told = { product: 'gcp', service: 'google_workspace.admin' };
const OFFICE: Told = { product: 'm365', service: M365 };

const CLOUDS: readonly Row[] = [
  certain(CLOUDTRAIL, both(like('eventSource', /\.amazonaws\.com$/), all('eventName'))),
  certain(CLOUDTRAIL, all('eventName eventVersion awsRegion')),
  {
    product: 'okta',
    service: 'okta',
    likely: both(
      any('eventType eventtype'),
      any('legacyEventType debugContext outcome actor displayMessage published'),
    ),
    sure: both(
      any('legacyEventType debugContext legacyeventtype debugcontext'),
      like('eventType eventtype', /^[a-z\d_]+(?:\.[a-z\d_]+)+$/),
      any('actor outcome displayMessage published'),
    ),
  },
  certain(K8S, like('apiVersion', /^audit\.k8s\.io\//)),
  {
    ...K8S,
    likely: both(all('verb'), any('objectRef requestURI auditID stage')),
    sure: both(all('auditID verb stage'), any('objectRef requestURI')),
  },
  certain(
    { product: 'gcp', service: 'google_workspace.login' },
    like('protoPayload.serviceName protoPayload.Servicename', /^login\.googleapis\.com$/),
  ),
  {
    product: 'gcp',
    service: WORKSPACE,
    likely: any('protoPayload data.protoPayload gcp.audit'),
    sure: both(
      any('protoPayload data.protoPayload gcp.audit'),
      like(
        'logName data.logName protoPayload.serviceName data.protoPayload.serviceName protoPayload.@type gcp.audit.service_name',
        /(?:^|[./])(?:\w+\.)?googleapis\.com(?:$|[%/])/,
      ),
    ),
  },
  certain(ADMIN, like('eventService', GOOGLE)),
  {
    product: 'bitbucket',
    service: 'audit',
    likely: any('auditType.category auditType.action'),
    sure: both(all('auditType.category auditType.action'), any('author affectedObjects auditType.actionI18nKey')),
  },
  {
    product: 'github',
    service: 'audit',
    likely: both(like('action', /^[a-z_]+\.[a-z_.]+$/), any('actor org business')),
    sure: both(
      like('action', /^[a-z_]+\.[a-z_.]+$/),
      all('actor'),
      any('org business'),
      any('_document_id actor_id org_id business_id operation_type'),
    ),
  },
  { ...OFFICE, likely: both(all('Workload'), any('Operation RecordType')), sure: all('RecordType Workload Operation') },
  {
    ...OFFICE,
    likely: all('eventSource eventName status'),
    sure: both(
      like('eventSource', /^(?:SecurityComplianceCenter|Exchange|SharePoint|OneDrive)$/),
      all('eventName status'),
    ),
  },
  {
    product: 'onelogin',
    service: 'onelogin.events',
    likely: all('event_type_id'),
    sure: all('event_type_id account_id created_at'),
  },
  {
    product: 'cisco',
    service: 'duo',
    likely: any('access_device auth_device'),
    sure: both(all('access_device auth_device'), any('txid factor')),
  },
];

const AZURE: readonly Row[] = [
  {
    product: 'azure',
    service: ['riskdetection', 'pim'],
    likely: any('riskEventType properties.riskEventType'),
    sure: both(
      any('riskEventType properties.riskEventType'),
      any('riskLevel riskState properties.riskLevel properties.riskState'),
    ),
  },
  {
    product: 'azure',
    service: 'auditlogs',
    likely: like(KIND, /^AuditLogs$/i),
    sure: both(like(KIND, /^AuditLogs$/), any(OPERATION)),
  },
  {
    product: 'azure',
    service: 'signinlogs',
    likely: like(KIND, /SignIn(?:Events|Logs)$/i),
    sure: both(like(KIND, /SignIn(?:Events|Logs)$/i), any(`${OPERATION} resourceId UserPrincipalName properties`)),
  },
  {
    product: 'azure',
    service: 'activitylogs',
    likely: both(
      like(KIND, /^(?:AzureActivity|Administrative|Policy|Security|Alert|Autoscale|Recommendation|\w+Health)$/i),
      any('operationName OperationName OperationNameValue resourceId ResourceId'),
    ),
    sure: both(
      like(KIND, /^(?:AzureActivity|Administrative|Policy|Security|Alert|Autoscale|Recommendation|\w+Health)$/),
      any(OPERATION),
      inAzure,
    ),
  },
  {
    product: 'azure',
    service: 'auditlogs',
    likely: any(
      'activityDisplayName ActivityDisplayName loggedByService LoggedByService targetResources TargetResources',
    ),
    sure: both(any('activityDisplayName ActivityDisplayName'), any('loggedByService LoggedByService')),
  },
  {
    product: 'azure',
    service: 'signinlogs',
    likely: both(
      any('userPrincipalName UserPrincipalName'),
      any('appDisplayName AppDisplayName conditionalAccessStatus ConditionalAccessStatus ResultType'),
    ),
    sure: both(
      any('conditionalAccessStatus ConditionalAccessStatus'),
      any('userPrincipalName UserPrincipalName'),
      any('appDisplayName AppDisplayName'),
    ),
  },
  {
    product: 'azure',
    service: 'activitylogs',
    likely: any('OperationNameValue CategoryValue ResourceProviderValue'),
    sure: all('OperationNameValue CategoryValue'),
  },
  certain(
    { product: 'azure', service: ['auditlogs', 'signinlogs'] },
    both(like('resourceId ResourceId', /\/microsoft\.aadiam$/i), any(OPERATION)),
  ),
  {
    product: 'azure',
    service: 'activitylogs',
    likely: both(like('operationName', /^Microsoft\./i), any('resourceId ResourceId')),
    sure: both(like('operationName', /^Microsoft\./i), inAzure),
  },
];

const AUDIT_FIELDS = 'a0 exe comm nametype SYSCALL syscall unit auid ses';
const OTHERS: readonly Row[] = [
  certain({ product: 'opencanary', category: 'application', service: 'opencanary' }, all('logtype node_id')),
  {
    product: 'rpc_firewall',
    category: 'application',
    likely: any('InterfaceUuid'),
    sure: all('InterfaceUuid OpNum'),
  },
  {
    product: 'linux',
    service: 'auditd',
    likely: both(like('type', AUDIT_TYPE), any('msg a0 exe comm name key SYSCALL syscall nametype unit')),
    sure: both(any('auid a0 nametype SYSCALL syscall'), like('type', /^(?:[A-Z]+_)*[A-Z]{3,}\d?$/), any(AUDIT_FIELDS)),
  },
  certain({ product: 'linux', service: 'auditd' }, both(like('msg', /^audit\(\d/), like('type', AUDIT_TYPE))),
];

/** Records under Sysmon's names, by those that no other kind has. Sure where a path of a system stands in them. */
const KINDS: readonly (readonly [category: string, likely: When, besides?: When])[] = [
  [
    'create_remote_thread',
    both(all('SourceImage TargetImage'), any('StartAddress StartModule StartFunction NewThreadId')),
  ],
  ['process_access', all('SourceImage TargetImage'), any('GrantedAccess CallTrace')],
  ['registry_delete', both(all('TargetObject'), like('EventType', /^Delete/))],
  ['registry_add', both(all('TargetObject'), like('EventType', /^Create/))],
  ['registry_rename', both(all('TargetObject'), any('NewName'))],
  ['registry_set', all('TargetObject'), any('Details')],
  ['image_load', all('ImageLoaded Image')],
  ['driver_load', all('ImageLoaded'), any('Hashes Signed Signature')],
  ['pipe_created', all('PipeName')],
  ['dns_query', all('QueryName')],
  ['file_event', all('TargetFilename')],
  ['network_connection', any('DestinationIp DestinationHostname')],
  ['process_creation', any('CommandLine ParentImage ParentCommandLine')],
];
/** Kinds that only Windows has. */
const ITS_OWN = /^(?:create_remote_thread|process_access|registry_|image_load|driver_load|pipe_created)/;
const WINDOWS_PATH = /^(?:"?[a-z]:\\|\\|System$)|\.exe$/i;
const PATHS = 'Image ParentImage TargetFilename';
const OF_WINDOWS = like(PATHS, WINDOWS_PATH);
const OF_POSIX = like(PATHS, /^\//);
const ROOTED = like(
  'Image ParentImage SourceImage ImageLoaded',
  /^(?:[a-z]:\\(?:[^\\]+\\)*[^\\]+|\\(?:[^\\]+\\)+[^\\]+|System)$/i,
);
const KEY = like('TargetObject', /^(?:HK(?:LM|U|CR|CU|EY_[A-Z_]+)|\\REGISTRY)\\/i);

const SYSTEMS: readonly Row[] = KINDS.flatMap(([category, likely, besides]): readonly Row[] => {
  const proof = besides === undefined ? likely : both(likely, besides);
  if (ITS_OWN.test(category))
    return [
      {
        product: 'windows',
        category,
        likely,
        sure: both(proof, category.startsWith('registry') ? KEY : ROOTED),
      },
    ];
  const unsaid = both(likely, any(`${PATHS} CommandLine ParentCommandLine`));
  return [
    { product: 'windows', category, likely: both(likely, OF_WINDOWS), sure: both(proof, all('Image'), ROOTED) },
    {
      product: ['linux', 'macos'],
      category,
      likely: both(likely, OF_POSIX),
      sure: both(proof, like('Image', /^\/[^/]/)),
    },
    { product: ['windows', 'linux', 'macos'], category, likely: unsaid, sure: never },
  ];
});

/** W3C's names, which web servers and proxies share but for these. */
const OF_PROXY = any('c-uri c-uri-extension c-uri-query c-uri-stem c-useragent cs-referrer r-dns');
const OF_SERVER = any(
  'cs-uri-stem cs-uri-query cs-user-agent cs-referer cs-username s-ip s-port s-sitename sc-substatus',
);
const EITHER = 'cs-method cs-host cs-cookie cs-bytes cs-version cs-uri cs-content-type sc-status sc-bytes';
const OF_EITHER = any(EITHER);
const W3C = any(`${EITHER} c-ip`);

const TYPE = /^(?:A|AAAA|ANY|CNAME|MX|NS|NULL|PTR|SOA|SRV|TXT|HTTPS|SVCB|CAA|AXFR|WKS)$/;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f.]{0,15}){2,7})$/i;

const NETWORK: readonly Row[] = [
  {
    category: 'antivirus',
    likely: all('Signature Filename'),
    sure: both(
      // `Trojan:Win32/X`, `Win.Trojan.Agent-1`: parts, and no blanks.
      like('Signature', /^[\w-]{2,64}(?:[:./!][\w@#-]{1,64}){1,9}(?:![\w.]{1,16})?$/),
      like('Filename', /^(?:\/|[a-z]:\\|\\\\)/i),
    ),
  },
  { category: 'proxy', likely: both(OF_PROXY, not(OF_SERVER)), sure: both(OF_PROXY, W3C, not(OF_SERVER)) },
  { category: 'webserver', likely: both(OF_SERVER, not(OF_PROXY)), sure: both(OF_SERVER, W3C, not(OF_PROXY)) },
  {
    category: ['webserver', 'proxy'],
    likely: any([...OF_PROXY.heads, ...OF_EITHER.heads].join(' ')),
    sure: both(OF_PROXY, OF_SERVER),
  },
  {
    category: 'dns',
    likely: both(all('query'), any('record_type answer answers qtype qtype_name query_type rcode rcode_name')),
    sure: both(like('record_type', TYPE), like('query', /^\S{1,255}$/)),
  },
  {
    category: 'firewall',
    likely: both(all('src_ip dst_ip'), any('dst_port action')),
    sure: both(all('dst_port action'), like('src_ip', ADDRESS), like('dst_ip', ADDRESS)),
  },
];

export const ROWS: readonly Row[] = [
  ...CLOUDS,
  ...AZURE,
  ...OTHERS,
  ...SYSTEMS,
  {
    product: 'windows',
    category: 'ps_script',
    likely: any('ScriptBlockText'),
    sure: both(all('ScriptBlockText'), any('ScriptBlockId MessageNumber MessageTotal')),
  },
  ...NETWORK,
];

/** A Windows event's data may be another program's log: who wrote it is told less exactly than rules ask for. */
export const ASIDE: readonly Row[] = OTHERS.filter(({ product }) => product === 'rpc_firewall');

export type { Tree };
