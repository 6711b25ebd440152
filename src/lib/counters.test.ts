import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counters } from './counters.ts';

test('counters add up by name and label, and list in the order they were first seen', () => {
  const counts = counters();
  counts.add('dropped', 'too_long');
  counts.add('dropped', 'too_deep', 5);
  counts.add('dropped', 'too_long', 2);
  counts.add('__proto__', 'constructor');
  assert.equal(counts.get('dropped', 'too_long'), 3);
  assert.equal(counts.get('dropped', 'unheard of'), 0);
  assert.deepEqual(counts.entries(), [
    { name: 'dropped', label: 'too_long', value: 3 },
    { name: 'dropped', label: 'too_deep', value: 5 },
    { name: '__proto__', label: 'constructor', value: 1 },
  ]);
});

test('name and label do not run into each other', () => {
  const counts = counters();
  counts.add('ab', 'c');
  assert.equal(counts.get('a', 'bc'), 0);
});
