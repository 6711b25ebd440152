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
import { CLOUDS } from './clouds.ts';
import { certain, type Row } from './row.ts';
import { all, any, both, like, never, not, type When } from './when.ts';

const AUDIT_TYPE = /^(?:[a-z]+_)*[a-z]{2,}\d?$/i;
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
