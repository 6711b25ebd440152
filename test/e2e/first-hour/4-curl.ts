import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { alertWhere } from '../house.ts';
import type { Terminal } from '../terminal.ts';
import { until } from '../waiting.ts';
import { type Chapter, running, shell, type Story } from './story.ts';

let tailAll: Terminal | undefined;
let tailDoor: Terminal | undefined;

const record = (host: string, message: string): string => JSON.stringify({ host, message });

interface Form {
  readonly name: string;
  readonly messages: readonly string[];
  /** The arguments of curl; a file for its body is written where there is one. */
  readonly body: (folder: string) => string;
}

function file(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const lines = (messages: readonly string[]): string => messages.map((one) => `${record('media', one)}\n`).join('');

const FORMS: readonly Form[] = [
  {
    name: 'one object',
    messages: ['front door unlocked by anna'],
    body: () => `-d '${record('home-assistant', 'front door unlocked by anna')}'`,
  },
  {
    name: 'an array',
    messages: ['disk 2 is 41 °C', 'disk 3 is 43 °C'],
    body: () => `-d '[${record('proxmox', 'disk 2 is 41 °C')},${record('proxmox', 'disk 3 is 43 °C')}]'`,
  },
  {
    name: 'lines of JSON',
    messages: ['playback began', 'playback ended'],
    body: (folder) => `--data-binary @${file(folder, 'media.ndjson', lines(['playback began', 'playback ended']))}`,
  },
  {
    name: 'gzip',
    messages: ['library scan began', 'library scan ended'],
    body: (folder) =>
      `-H 'Content-Encoding: gzip' --data-binary @${file(folder, 'scan.ndjson.gz', gzipSync(lines(['library scan began', 'library scan ended'])))}`,
  },
  {
    name: 'zstd',
    messages: ['transcoding began', 'transcoding ended'],
    body: (folder) =>
      `-H 'Content-Encoding: zstd' --data-binary @${file(folder, 'code.ndjson.zst', zstdCompressSync(lines(['transcoding began', 'transcoding ended'])))}`,
  },
];

/** A form sent with the real curl: stored, found, printed by `up`, followed by `tail`. */
async function send(story: Story, form: Form): Promise<void> {
  const { house } = story;
  const { out } = await shell(
    story,
    `curl -s -w ' %{http_code}\\n' ${form.body(house.folder)} http://localhost:${house.port}/api/logs`,
  );
  assert.equal(out, `{"status":"ok","accepted":${form.messages.length},"rejected":[]} 201\n`);
  for (const message of form.messages) {
    assert.equal(await house.count(JSON.stringify(message)), 1);
    await tailAll?.shows(message);
  }
  const { screen } = running(story).terminal;
  await until(`${form.name} is printed`, () => form.messages.every((message) => screen().includes(message)));
}

export const curl: Chapter = {
  title: '4. Send logs from anything',
  words: 'In two more terminals `./porchlight tail` and `./porchlight tail door` follow what comes in.',
  steps: [
    {
      name: 'tail begins to follow, once with everything and once with a search',
      async run({ house }) {
        const followers = async (): Promise<number> => {
          const metrics = await (await fetch(`${house.url}/metrics`)).text();
          return Number(/^porchlight_stream_clients (\d+)$/m.exec(metrics)?.[1]);
        };
        assert.equal(await followers(), 0);
        tailAll = house.terminal('./porchlight tail');
        tailDoor = house.terminal('./porchlight tail door');
        await until('both follow', async () => (await followers()) === 2);
      },
    },
    ...FORMS.map((form) => ({
      name: `curl sends ${form.name}: 201, stored, found, printed and followed`,
      run: (story: Story) => send(story, form),
    })),
    {
      name: 'up prints each event as [LOG]',
      async run(story) {
        const printed = running(story)
          .terminal.screen()
          .split('\r\n')
          .filter((line) => /^\[LOG\].*(?:front door|disk \d|playback)/.test(line));
        assert.equal(printed.length, 5);
        assert.match(printed[0] ?? '', /^\[LOG\] \d\d:\d\d:\d\d home-assistant .*front door unlocked by anna$/);
        story.transcript.say('The terminal where `up` runs prints each event:');
        story.transcript.console(printed.join('\n'));
      },
    },
    {
      name: 'tail with a search shows only what it finds',
      async run(story) {
        assert.ok(tailAll && tailDoor);
        await tailDoor.shows('front door unlocked by anna');
        assert.doesNotMatch(tailDoor.screen(), /disk|playback|library|transcoding/);
        for (const terminal of [tailAll, tailDoor]) {
          const shown = terminal.screen().split('\r\n');
          const anna = shown.filter((line) => line.includes('front door unlocked by anna'));
          assert.equal(anna.length, 1);
          terminal.type('\x03');
          assert.equal(await terminal.ended, 0);
        }
        const line =
          tailDoor
            .screen()
            .split('\r\n')
            .find((one) => one.includes('anna')) ?? '';
        story.transcript.say('And so does `tail`, the second one only what its search finds:');
        story.transcript.console(`$ ./porchlight tail door\n${line}`);
      },
    },
    {
      name: 'search, alerts list and alerts close',
      async run(story) {
        const found = await shell(story, `./porchlight search 'host.name:media began'`);
        assert.equal(found.out.trimEnd().split('\n').length, 3);
        const nothing = await story.house.shell(`./porchlight search 'nobody-ever-wrote-this'`);
        assert.equal(nothing.code, 1);
        const { id } = await alertWhere(story.house, ({ entity }) => entity === 'jonas');
        const closed = await shell(story, `./porchlight alerts close ${id} --note 'he had forgotten it'`);
        assert.equal(closed.out, `${id} is closed: jonas got 3 sudo passwords wrong on nas\n`);
        assert.doesNotMatch((await story.house.shell('./porchlight alerts list')).out, /jonas/);
        const { history } = await story.house.client.call('getAlert', { params: { id } });
        assert.equal(history.at(-1)?.action, 'closed');
        assert.equal(history.at(-1)?.note, 'he had forgotten it');
      },
    },
  ],
};
