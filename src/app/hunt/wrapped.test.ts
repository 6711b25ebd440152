import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordsIn, type Unwrapped } from './wrapped.ts';

const A = { EventID: 1 };
const B = { EventID: 2 };

const CASES: readonly (readonly [
  what: string,
  object: Readonly<Record<string, unknown>>,
  records: readonly Unwrapped[],
])[] = [
  ['no envelope', A, [A]],
  ['a list', { Records: [A, B] }, [A, B]],
  [
    'the reply to a search',
    {
      took: 1,
      hits: {
        total: 2,
        hits: [
          { _index: 'x', _source: A },
          { _index: 'x', _source: B },
        ],
      },
    },
    [A, B],
  ],
  ['a document', { _index: 'x', _id: '1', _source: A }, [A]],
  ['a search result', { preview: false, result: { _raw: 'a line', host: 'x' } }, ['a line']],
  ['a search result without its line', { preview: false, result: A }, [A]],
  ['a list of Kubernetes', { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [A, B] }, [A, B]],
  ['an export of Microsoft 365', { RecordType: 2, Operations: 'x', UserIds: 'y', AuditData: '{"EventID":1}' }, [A]],
  ['a field of such a name', { AuditData: 'none' }, [{ AuditData: 'none' }]],
  ['JSON in JSON', { event_record_id: 1, timestamp: '', data: '{"EventID":1}' }, [A]],
  [
    'a list that is a part of the record',
    { EventID: 1, events: [A], user: 'x', host: 'y' },
    [{ EventID: 1, events: [A], user: 'x', host: 'y' }],
  ],
  ['texts in a list', { Records: ['x'] }, [{ Records: ['x'] }]],
];

for (const [what, object, records] of CASES) test(what, () => assert.deepEqual(recordsIn(object), records));

test('envelopes in envelopes come to an end', () => {
  let object: Readonly<Record<string, unknown>> = A;
  for (let depth = 0; depth < 100; depth++) object = { Records: [object] };
  assert.equal(recordsIn(object).length, 1);
});
