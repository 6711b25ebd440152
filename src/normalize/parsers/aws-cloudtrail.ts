/** AWS CloudTrail: one record of `Records` a line. `labels` and the record's own names are those that Sigma's rules ask for. */
import type { Fields } from '#contract';
import { isAddress } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { CONFIGURATION, LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const WORDS = [
  ['eventName', 'event.action'],
  ['eventSource', 'event.provider'],
  ['errorCode', 'event.code'],
  ['errorMessage', 'event.reason'],
  ['userAgent', 'user_agent.original'],
  ['awsRegion', 'cloud.region'],
  ['recipientAccountId', 'cloud.account.id'],
  ['userIdentity.accountId', 'cloud.account.id'],
  ['userIdentity.principalId', 'user.id'],
  ['userIdentity.userName', 'user.name'],
  ['requestParameters.userName', 'user.target.name'],
  ['requestParameters.groupName', 'group.name'],
  ['tlsDetails.tlsVersion', 'tls.version'],
] as const;

/** Accounts, keys and what they may do. */
const IAM_CHANGE =
  /^(?:Create|Delete|Update|Attach|Detach|Put|Add|Remove|Deactivate|Enable)(?:User|Group|Role|Login|Access|Policy|MFA|Virtual|Instance)/;

function eventOf(record: Fields): Draft {
  const name = wordOf(record, 'eventName') ?? '';
  const failed = record['errorCode'] !== undefined || record['errorMessage'] !== undefined;
  if (name === 'ConsoleLogin') {
    const accepted = record['responseElements.ConsoleLogin'] === 'Success';
    return { ...(accepted ? LOGIN_ACCEPTED : LOGIN_FAILED) };
  }
  const outcome = failed ? 'failure' : 'success';
  const readOnly = record['readOnly'] === true || record['readOnly'] === 'true';
  if (wordOf(record, 'eventSource') === 'iam.amazonaws.com' && IAM_CHANGE.test(name)) {
    return { 'event.category': ['iam'], 'event.type': ['change'], 'event.outcome': outcome };
  }
  if (/^(?:AssumeRole|GetSessionToken|GetFederationToken)/.test(name)) {
    return { 'event.category': ['authentication'], 'event.type': ['start'], 'event.outcome': outcome };
  }
  return { 'event.category': CONFIGURATION, 'event.type': [readOnly ? 'access' : 'change'], 'event.outcome': outcome };
}

function read(record: Fields, line: Line): Parsed | undefined {
  if (record['eventSource'] === undefined || record['eventName'] === undefined) return undefined;
  const draft = eventOf(record);
  const action = draft['event.action'];
  setWords(draft, record, WORDS);
  if (action !== undefined) draft['event.action'] = action;
  setUser(draft, record);
  // A call that AWS makes for itself comes from a service's name.
  const source = wordOf(record, 'sourceIPAddress') ?? '';
  if (isAddress(source)) draft['source.ip'] = source;
  else if (/^[\w.-]{1,255}$/.test(source)) draft['source.domain'] = source;
  const time = stampOf(wordOf(record, 'eventTime') ?? '', line.clock);
  return { ...draft, 'cloud.provider': 'aws', ...(time === undefined ? {} : { '@timestamp': time }) };
}

/** A role's session has no user name of its own: the issuer's, and root is root. */
function setUser(draft: Draft, record: Fields): void {
  if (draft['user.name'] !== undefined) return;
  const issuer = wordOf(record, 'userIdentity.sessionContext.sessionIssuer.userName');
  if (issuer !== undefined) draft['user.name'] = issuer;
  else if (record['userIdentity.type'] === 'Root') draft['user.name'] = 'root';
}

export const awsCloudtrail = withServiceType({
  name: 'aws-cloudtrail',
  programs: ['aws-cloudtrail', 'cloudtrail'],
  records: [{ keys: ['eventSource', 'eventVersion', 'eventName', 'awsRegion'] }],
  dataset: 'aws.cloudtrail',
  product: 'aws',
  service: 'cloudtrail',
  read,
});
