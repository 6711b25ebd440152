/**
 * An hour with the monitor: what it writes down, what `top` says of it, and what a person hears at a real mail server and at one that
 * speaks Telegram's API, never twice. Each step builds on those before it; together they write docs/monitor-hour.md.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type CaughtMail, type SmtpServer, startSmtp } from '../../../src/notify/smtp.fixture.ts';
import { startTelegram, type TelegramServer, TOKEN } from '../../../src/notify/telegram.fixture.ts';
import { alertWhere, type House, openHouse } from '../house.ts';
import { comparable, readPage, type Transcript, transcript, writePage, writesDocs } from '../transcript.ts';
import { until } from '../waiting.ts';
import { ATTACKER, carryOn, fail, looksAfter, scoreWhere } from './look.ts';

const TITLE = `# An hour with the monitor

What it writes down and whom it tells when logins fail, and when that is over. This page is written by \`test/e2e/monitor\`, on a real
server with e-mail and Telegram switched on; a test holds it and the product together. Load, memory and connections are
another machine's each time: the figures shown stand in for them.
`;

let house: House;
let mail: SmtpServer;
let phone: TelegramServer;
let page: Transcript;

before(async () => {
  [mail, phone] = await Promise.all([startSmtp(), startTelegram()]);
  const email = { host: '127.0.0.1', port: mail.port, from: 'nas@example.net', to: ['anna@example.net'] };
  const telegram = { token: TOKEN, chat_id: 4711, api: phone.api };
  house = await openHouse([`notify: ${JSON.stringify({ email, telegram })}`]);
  page = transcript(house, TITLE);
  writeFileSync(house.authLog, '');
  await house.up('--quiet --interval 1');
});
after(async () => {
  await house.close();
  mail.close();
  phone.close();
});

const subjects = (): string[] => mail.mails.map(({ data }) => header(data, 'Subject'));
/** The first line of each message. */
const titles = (): string[] => phone.taken.map(({ text }) => text.split('\n')[0] ?? '');
const bothHave = (count: number): Promise<unknown> =>
  until(`${count} messages on each channel`, () => subjects().length >= count && titles().length >= count);

const header = (data: string, name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(data)?.[1]?.trim() ?? '';

/** As a mail program shows it. */
function letter({ data }: CaughtMail): string {
  const text = /^Content-Type: text\/plain.*?\r\n\r\n(.*?)\r\n--/ms.exec(data)?.[1] ?? '';
  const headers = ['From', 'To', 'Subject'].map((name) => `${name}: ${header(data, name)}`);
  return `${headers.join('\n')}\n\n${text}`;
}

/** Load, memory and connections are the machine's own. */
const MEASURED = [
  [
    /"cpu_load","value":[\d.]+,"message":"CPU load average: [\d.]+"/g,
    '"cpu_load","value":0.42,"message":"CPU load average: 0.42"',
  ],
  [
    /"memory_used_pct","value":[\d.]+,"message":"Memory used: [\d.]+%"/g,
    '"memory_used_pct","value":31.5,"message":"Memory used: 31.5%"',
  ],
  [
    /connections","value":\d+,"message":"Established TCP\/UDP connections: \d+"/g,
    'connections","value":12,"message":"Established TCP/UDP connections: 12"',
  ],
] as const;

/** A command whose output goes onto the page. */
async function shows(command: string): Promise<string> {
  const { out, err } = await house.shell(command);
  assert.equal(err, '');
  const tidied = MEASURED.reduce((text, [pattern, shown]) => text.replaceAll(pattern, shown), out);
  page.console(`$ ${command}\n${tidied}`);
  return out;
}

const LEDGER = `./porchlight top --once --json | grep -o '"score".*"entries"'`;

test('a quiet house: 100 points, written down', async () => {
  await scoreWhere(house, 'the second look', ({ snapshot }) => snapshot.span > 0);
  page.chapter(
    '1. Nothing to tell',
    'A look at the machine every ten seconds is a line in `monitor_metrics.jsonl`. `porchlight top` shows the same in colour and follows it.',
  );
  await shows(`tail -n 1 ${house.data}/monitor_metrics.jsonl`);
  assert.equal(await shows(LEDGER), '"score":100,"band":"normal","ledger":[],"entries"\n');
});

test('25 logins fail: one mail and one message, with the number', async () => {
  page.chapter(
    '2. Somebody tries passwords',
    'The followed auth.log grows by 25 SSH logins that failed. The ledger says what it costs, and who.',
  );
  fail(house, 25);
  await bothHave(1);
  const [first] = mail.mails;
  assert.ok(first);
  assert.deepEqual([first.from, first.to], ['nas@example.net', ['anna@example.net']]);
  for (const text of [letter(first), phone.taken[0]?.text ?? ''])
    assert.match(text, /Recent failed login attempts: 25 \(last 300 lines\)/);
  for (const title of [subjects()[0], titles()[0]]) assert.match(title ?? '', /nas needs a look/);
  assert.match(await shows(LEDGER), new RegExp(`^"score":80,.*"culprit":"${ATTACKER}"`));
  await shows(`tail -n 1 ${house.data}/monitor_alerts.jsonl`);
  assert.equal((await house.shell('./porchlight top --once')).code, 2);
  page.say('`top --once` exits with 2 now, so a script knows too. Anna has a mail:');
  page.console(letter(first));
  page.say('And on her phone, from Telegram:');
  page.console(phone.taken[0]?.text ?? '');
});

test('it goes on and gets worse: nothing more is said', async () => {
  fail(house, 15);
  const worse = await scoreWhere(house, '40 failures', ({ auth }) => auth.failed === 40);
  // Two looks more, and what they had to say would be on its way.
  await looksAfter(house, worse.at, 2);
  assert.equal(subjects().length, 1);
  assert.equal(titles().length, 1);
  page.say('Fifteen more fail. It is the same trouble: nobody is told again.');
});

test('when it is over one quiet line says so, once, before the next loud one', async () => {
  carryOn(house, 300);
  const calm = await scoreWhere(house, 'nobody failed of late', ({ auth }) => auth.failed === 0);
  // It is over when it stayed away for three looks.
  await looksAfter(house, calm.at, 3);
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
  const over = mail.mails[1];
  assert.ok(over);
  for (const text of [letter(over), phone.taken[1]?.text ?? ''])
    assert.match(text, /Recent failed login attempts: back to normal/);
  assert.equal(phone.taken[1]?.body['disable_notification'], true);
  page.chapter(
    '3. It is over',
    'The failures are no longer among the last 300 lines. After three calm looks one quiet message says so; on a phone it makes no sound.',
  );
  page.console(letter(over));
  // The alert about the visit that the test made goes on costing points; on the page nobody knocked.
  const { items } = await house.client.call('listAlerts', { query: {} });
  const visit = items.find(({ title }) => title === 'Honeypot Connection');
  assert.equal((await house.shell(`./porchlight alerts close ${visit?.id}`)).code, 0);
  await scoreWhere(house, 'no points lost', ({ ledger }) => ledger.length === 0);
  assert.equal(await shows(LEDGER), '"score":100,"band":"normal","ledger":[],"entries"\n');
});

test('docs/monitor-hour.md says the same', () => {
  if (writesDocs()) writePage('monitor-hour', page.text());
  else assert.equal(comparable(page.text()), comparable(readPage('monitor-hour')), 'PORCHLIGHT_DOCS=1 writes it anew');
});
