import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError, type Config } from '#contract';
import { parseConfig } from './config.ts';

const TOKEN = '42:canary-token';
const PASSWORD = 'canary password';
const MAIL = {
  host: 'mail.example.net',
  port: 587,
  insecure: false,
  from: 'porch@example.net',
  to: ['anna@example.net'],
};
const BOT = { token: TOKEN, chat_id: '7', api: 'https://api.telegram.org' };

/** [name, environment, file, what of notify is on] */
const CASES: readonly (readonly [string, Record<string, string>, string | undefined, Partial<Config['notify']>])[] = [
  ['nothing set', {}, undefined, {}],
  ['our names', { PORCHLIGHT_TELEGRAM_TOKEN: TOKEN, PORCHLIGHT_TELEGRAM_CHAT_ID: '7' }, undefined, { telegram: BOT }],
  ['the names people have', { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: '7' }, undefined, { telegram: BOT }],
  [
    'ours before those of others',
    {
      PORCHLIGHT_TELEGRAM_TOKEN: TOKEN,
      PORCHLIGHT_TELEGRAM_CHAT_ID: '7',
      TELEGRAM_BOT_TOKEN: '1:a',
      TELEGRAM_CHAT_ID: '8',
    },
    undefined,
    { telegram: BOT },
  ],
  [
    'the file before all',
    { PORCHLIGHT_TELEGRAM_TOKEN: '1:a', PORCHLIGHT_TELEGRAM_CHAT_ID: '8' },
    `notify: { telegram: { token: '${TOKEN}', chat_id: '7' } }`,
    { telegram: BOT },
  ],
  [
    'beside a file that says something else',
    { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: '7' },
    'notify: { level: high }',
    { telegram: BOT },
  ],
  ['half a set of common names', { TELEGRAM_BOT_TOKEN: TOKEN }, undefined, {}],
  ['empty values', { PORCHLIGHT_TELEGRAM_TOKEN: '', PORCHLIGHT_TELEGRAM_CHAT_ID: '' }, undefined, {}],
  ['a mail server of another program', { SMTP_HOST: 'mail.example.net' }, undefined, {}],
  [
    'e-mail',
    { SMTP_HOST: 'mail.example.net', SMTP_FROM: 'porch@example.net', SMTP_TO: 'anna@example.net' },
    undefined,
    { email: MAIL },
  ],
  [
    'e-mail with everything',
    {
      PORCHLIGHT_SMTP_HOST: 'mail.example.net',
      PORCHLIGHT_SMTP_PORT: '465',
      PORCHLIGHT_SMTP_SECURE: 'true',
      PORCHLIGHT_SMTP_USER: 'porch@example.net',
      PORCHLIGHT_SMTP_PASS: PASSWORD,
      PORCHLIGHT_SMTP_TO: 'anna@example.net, bob@example.net',
    },
    undefined,
    {
      email: {
        ...MAIL,
        port: 465,
        secure: true,
        user: 'porch@example.net',
        password: PASSWORD,
        to: ['anna@example.net', 'bob@example.net'],
      },
    },
  ],
];

for (const [name, environment, text, on] of CASES) {
  test(name, () => {
    const file = text === undefined ? undefined : { path: 'porchlight.yaml', text };
    assert.deepEqual(parseConfig(file, environment).notify, { level: 'high', give_up_days: 7, ...on });
  });
}

/** [environment, what is said] */
const WRONG: readonly (readonly [Record<string, string>, RegExp])[] = [
  [{ PORCHLIGHT_TELEGRAM_TOKEN: TOKEN }, /variable PORCHLIGHT_TELEGRAM_CHAT_ID: it is needed, and not set/],
  [
    { PORCHLIGHT_TELEGRAM_TOKEN: `${TOKEN} `, PORCHLIGHT_TELEGRAM_CHAT_ID: '7' },
    /variable PORCHLIGHT_TELEGRAM_TOKEN: a token looks like/,
  ],
  [
    { PORCHLIGHT_SMTP_HOST: 'mail.example.net', PORCHLIGHT_SMTP_FROM: 'porch@example.net' },
    /variable PORCHLIGHT_SMTP_TO: /,
  ],
  [
    { PORCHLIGHT_SMTP_HOST: 'h', PORCHLIGHT_SMTP_FROM: 'a@b', PORCHLIGHT_SMTP_TO: 'a@b', PORCHLIGHT_SMTP_PORT: 'x' },
    /variable PORCHLIGHT_SMTP_PORT: /,
  ],
];

for (const [environment, says] of WRONG) {
  test(`${JSON.stringify(environment).replaceAll(TOKEN, 'TOKEN')} is refused, without the value`, () => {
    assert.throws(
      () => parseConfig(undefined, environment),
      (error) => error instanceof CodedError && says.test(error.message) && !error.message.includes(TOKEN),
    );
  });
}

test('a fault in a line of the file that holds a secret does not show the secret', () => {
  const lines = ['notify:', '  telegram:', '    chat_id: 7', `    token: "${TOKEN} canary"`];
  assert.throws(
    () => parseConfig({ path: 'porchlight.yaml', text: lines.join('\n') }, {}),
    (error) =>
      error instanceof CodedError &&
      /:4: .*a token looks like/.test(error.message) &&
      !error.message.includes('canary'),
  );
});
