/** The samples of docs/notify.md switch on the channel they stand under. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseConfig } from '../../src/app/config.ts';
import { channelsOf } from '../../src/app/notifier.ts';

const text = readFileSync(new URL('../../docs/notify.md', import.meta.url), 'utf8');
const SECRETS = { TELEGRAM_TOKEN: '42:a', MAIL_PASSWORD: 'b', NTFY_TOKEN: 'c' };

for (const section of text.split(/^## /m)) {
  const [, sample] = /```yaml\n([\s\S]*?)```/.exec(section) ?? [];
  if (sample === undefined) continue;
  const [title = ''] = section.split('\n');
  test(`the sample under ${title} loads`, () => {
    const { notify } = parseConfig({ path: 'docs/notify.md', text: sample }, SECRETS);
    assert.deepEqual(channelsOf(notify), [title.toLowerCase().replace('-', '')]);
  });
}
