/** What a person hears of a house's health, at a real mail server and at one that speaks Telegram's API, and never twice. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type SmtpServer, startSmtp } from '../../../src/notify/smtp.fixture.ts';
import { startTelegram, type TelegramServer, TOKEN } from '../../../src/notify/telegram.fixture.ts';
import { alertWhere, type House, openHouse } from '../house.ts';
import { until } from '../waiting.ts';
import { carryOn, fail, scoreWhere } from './look.ts';

let house: House;
let mail: SmtpServer;
let phone: TelegramServer;

before(async () => {
  [mail, phone] = await Promise.all([startSmtp(), startTelegram()]);
  const email = { host: '127.0.0.1', port: mail.port, from: 'nas@example.net', to: ['anna@example.net'] };
  const telegram = { token: TOKEN, chat_id: 4711, api: phone.api };
  house = await openHouse([`notify: ${JSON.stringify({ email, telegram })}`]);
  writeFileSync(house.authLog, '');
  await house.up('--quiet --interval 1');
});
after(async () => {
  await house.close();
  mail.close();
  phone.close();
});

const subjects = (): string[] => mail.mails.map(({ data }) => /^Subject: (.*)$/m.exec(data)?.[1]?.trim() ?? '');
/** The first line of each message. */
const titles = (): string[] => phone.taken.map(({ text }) => text.split('\n')[0] ?? '');
const bothHave = (count: number): Promise<unknown> =>
  until(`${count} messages on each channel`, () => subjects().length >= count && titles().length >= count);

test('25 logins fail: one mail and one message, with the number', async () => {
  fail(house, 25);
  await bothHave(1);
  const [letter] = mail.mails;
  assert.deepEqual([letter?.from, letter?.to], ['nas@example.net', ['anna@example.net']]);
  for (const text of [letter?.data ?? '', phone.taken[0]?.text ?? ''])
    assert.match(text, /Recent failed login attempts: 25 \(last 300 lines\)/);
  for (const title of [subjects()[0], titles()[0]]) assert.match(title ?? '', /nas needs a look/);
});

test('it goes on and gets worse: nothing more is said', async () => {
  fail(house, 15);
  const worse = await scoreWhere(house, '40 failures', ({ auth }) => auth.failed === 40);
  // Two looks more, and what they had to say would be on its way.
  await scoreWhere(house, 'two looks later', ({ at }) => Date.parse(at) >= Date.parse(worse.at) + 2000);
  assert.equal(subjects().length, 1);
  assert.equal(titles().length, 1);
});

test('when it is over one quiet line says so, once, before the next loud one', async () => {
  carryOn(house, 300);
  const calm = await scoreWhere(house, 'nobody failed of late', ({ auth }) => auth.failed === 0);
  // It is over when it stayed away for three looks.
  await scoreWhere(house, 'three looks later', ({ at }) => Date.parse(at) >= Date.parse(calm.at) + 3000);
  // A quiet line waits for others for half a minute; a loud message takes it along.
  const socket = connect(house.honeypotPort, '127.0.0.1');
  socket.on('data', () => socket.destroy());
  await alertWhere(house, ({ title }) => title === 'Honeypot Connection');
  await bothHave(3);
  for (const heard of [subjects(), titles()]) {
    assert.equal(heard.length, 3, heard.join('\n'));
    assert.match(heard[1] ?? '', /nas is back to normal/);
    assert.match(heard[2] ?? '', /Honeypot Connection/);
  }
  for (const text of [mail.mails[1]?.data ?? '', phone.taken[1]?.text ?? ''])
    assert.match(text, /Recent failed login attempts: back to normal/);
  assert.equal(phone.taken[1]?.body['disable_notification'], true);
});
