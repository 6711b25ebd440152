import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budget } from './budget.ts';

test('bodies are bounded by number, and a closed one makes room', () => {
  const bodies = budget({ bodies: 2, bodiesBytes: 100 });
  const first = bodies.open();
  bodies.open();
  assert.throws(() => bodies.open(), { code: 'BUSY' });
  first.close();
  bodies.open();
});

test('bodies are bounded by their bytes together, and a closed one gives back exactly what it took', () => {
  const bodies = budget({ bodies: 9, bodiesBytes: 100 });
  const first = bodies.open();
  const second = bodies.open();
  first.grow(60);
  second.grow(40);
  assert.throws(() => second.grow(1), { code: 'BUSY' });
  first.close();
  second.grow(60);
  assert.throws(() => second.grow(1), { code: 'BUSY' });
});
