import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backupPhrase, backupWords, damagePhrase, damageWords } from './damage.ts';

const first = [{ what: 'block 3 of 2026-03-14', reason: 'its checksum is another' }];
const REST = 'The rest is still found; what is lost comes back only from a backup.';

for (const [damage, said, brief] of [
  [{ places: 1, first }, `Block 3 of 2026-03-14. ${REST}`, '1 place damaged'],
  [{ places: 2, first }, `Block 3 of 2026-03-14 and one more place. ${REST}`, '2 places damaged'],
  [{ places: 1234, first }, `Block 3 of 2026-03-14 and 1,233 more places. ${REST}`, '1,234 places damaged'],
  [{ places: 2, first: [] }, `2 places. ${REST}`, '2 places damaged'],
] as const)
  test(said, () => {
    assert.equal(damageWords({ places: damage.places, first: [...damage.first] }), said);
    assert.equal(damagePhrase({ places: damage.places, first: [] }), brief);
  });

test('only an old backup is worth a word', () => {
  const made = '2026-03-14T12:00:00.000Z';
  assert.deepEqual([backupWords(undefined), backupWords({ made, days: 3, old: false })], ['', '']);
  assert.equal(backupWords({ made, days: 45, old: true }), 'The newest backup is 45 days old.');
  assert.equal(backupPhrase({ made, days: 1, old: true }), 'backup 1 day old');
});
