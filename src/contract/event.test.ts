import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newFields, wideFields } from './event.ts';

for (const make of [newFields, wideFields])
  test(`${make.name}: names that objects inherit are only names`, () => {
    const fields = make();
    assert.deepEqual(Object.keys(fields), []);
    for (const name of ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'a', 'room.0']) {
      assert.equal(name in fields, false, name);
      fields[name] = name;
      assert.equal(fields[name], name);
    }
    assert.equal(Object.keys(fields).length, 7);
    assert.equal('constructor' in make(), false);
  });
