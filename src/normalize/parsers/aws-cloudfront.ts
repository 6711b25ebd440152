/**
 * CloudFront's standard logs: W3C columns (`web/w3c.ts`) between tabs, values URL-encoded. The list has only ever grown at its end
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html).
 */
import { setSeconds, webServer } from '../web/server.ts';
import { directive, requestOf, rowOf } from '../web/w3c.ts';
import type { Line, Parsed } from './parser.ts';

const ALL =
  'date time x-edge-location sc-bytes c-ip cs-method cs(host) cs-uri-stem sc-status cs(referer) cs(user-agent) cs-uri-query cs(cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end'.split(
    ' ',
  );
/** As the format was in 2011, 2014, 2017, 2019 and is. */
const COLUMNS = [33, 26, 24, 23, 20, 19, 18].map((count) => ALL.slice(0, count));

const ROW =
  /^\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t[A-Z]{3}\d{1,3}(?:-[A-Z]{1,2}\d{1,3})?\t\d{1,15}\t[\da-fA-F:.]{2,45}\t[A-Z]{3,10}\t/;

/** As the client sent it; what is no encoding stays as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function parse(_: string, { message, memory }: Line): Parsed | undefined {
  if (directive(message, memory)) {
    return { 'event.category': ['web'], 'event.type': ['info'], 'event.dataset': 'aws-cloudfront.log' };
  }
  if (!ROW.test(message)) return undefined;
  const row = rowOf(message.split('\t', 130), COLUMNS, memory);
  const draft = row === undefined ? undefined : requestOf(row, 'cloudfront', true, decoded);
  if (row === undefined || draft === undefined) return undefined;
  const scheme = row.get('cs-protocol');
  if (scheme !== undefined) draft['url.scheme'] = scheme;
  const id = row.get('x-edge-request-id');
  if (id !== undefined) draft['http.request.id'] = id;
  setSeconds(draft, Number(row.get('time-taken')));
  return draft;
}

export const awsCloudfront = webServer('aws-cloudfront', {
  types: ['cloudfront'],
  paths: ['cloudfront'],
  product: 'aws',
  signatures: [
    ...['\tGET\t', '\tPOST\t', '\tHEAD\t', '\tPUT\t', '\tOPTIONS\t', '\tDELETE\t', '\tPATCH\t'].map((method) => ({
      has: [method],
      test: ROW,
    })),
    { starts: '#Fields: date time x-edge-location ' },
  ],
  parse,
});
