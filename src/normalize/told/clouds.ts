/** Clouds' logs as they export them (`sources.ts`). */
import { certain, type Row, type Told } from './row.ts';
import { all, any, both, like } from './when.ts';

/** Where Azure Monitor, Log Analytics and Graph name the kind of a record. */
const KIND = 'category Category Type type';
const OPERATION = 'operationName OperationName OperationNameValue activityDisplayName ActivityDisplayName';
const M365 = 'audit exchange threat_management threat_detection'.split(' ');
const WORKSPACE = ['gcp.audit', 'google_workspace.admin', 'google_workspace.login'];
const GOOGLE = /\.googleapis\.com$/;
/** A resource in Azure, or a tenant's directory. */
const RESOURCE = /^\/(?:subscriptions|tenants|providers)\//i;
const inAzure = like('resourceId ResourceId _ResourceId', RESOURCE);

const K8S: Told = { product: 'kubernetes', category: 'application', service: 'audit' };
const CLOUDTRAIL: Told = { product: 'aws', service: 'cloudtrail' };
const ADMIN: Told = { product: 'gcp', service: 'google_workspace.admin' };
const OFFICE: Told = { product: 'm365', service: M365 };

const SERVICES: readonly Row[] = [
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
      any('_document_id actor_id org_id business_id operation_type'),
      like('action', /^[a-z_]+\.[a-z_.]+$/),
      all('actor'),
      any('org business'),
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
    sure: both(any(OPERATION), like(KIND, /^AuditLogs$/)),
  },
  {
    product: 'azure',
    service: 'signinlogs',
    likely: like(KIND, /SignIn(?:Events|Logs)$/i),
    sure: both(any(`${OPERATION} resourceId UserPrincipalName properties`), like(KIND, /SignIn(?:Events|Logs)$/i)),
  },
  {
    product: 'azure',
    service: 'activitylogs',
    likely: both(
      like(KIND, /^(?:AzureActivity|Administrative|Policy|Security|Alert|Autoscale|Recommendation|\w+Health)$/i),
      any('operationName OperationName OperationNameValue resourceId ResourceId'),
    ),
    sure: both(
      any(OPERATION),
      inAzure,
      like(KIND, /^(?:AzureActivity|Administrative|Policy|Security|Alert|Autoscale|Recommendation|\w+Health)$/),
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

export const CLOUDS: readonly Row[] = [...SERVICES, ...AZURE];
