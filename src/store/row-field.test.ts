import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields } from '#contract';
import { rowField } from './row-field.ts';
import { encodeRows, viewRows } from './rows.ts';

const SEED = 20_260_314;
const NAMES = ['user.name', 'a', 'größe', '__proto__', 'x"a', ',"a', '\\', '"a":'] as const;
const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...NAMES, ',"a":', '{"a":1}', '\\"', 'é', null, true, 1e21, -1.5),
);
const fields = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.oneof(scalar, fc.array(scalar))), { maxLength: 6 });

test(`a field read alone is the field of the event (seed ${SEED})`, () =>
  fc.assert(
    fc.property(fc.array(fields, { maxLength: 5 }), (records) => {
      const events = records.map((record): Event => {
        const event = Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0 });
        for (const [name, value] of record) {
          Object.defineProperty(event, name, { value, enumerable: true, configurable: true, writable: true });
        }
        return event;
      });
      const view = viewRows(encodeRows(events));
      for (const name of NAMES) {
        const read = rowField(view, name);
        for (const [ordinal, event] of events.entries()) assert.deepEqual(read(ordinal), event[name], name);
      }
    }),
    { seed: SEED, numRuns: 1000 },
  ));
