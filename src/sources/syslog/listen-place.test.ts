import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenFault, listenPlace, shownPlace } from './listen-place.ts';

const places: readonly (readonly [text: string, host: string | undefined, port?: number])[] = [
  ['0.0.0.0:5514', '0.0.0.0', 5514],
  ['[::]:514', '::', 514],
  ['192.0.2.1:0', '192.0.2.1', 0],
  ['192.0.2.1:65536', undefined],
  [':::514', undefined],
  ['5514', undefined],
  ['192.0.2.1', undefined],
  ['192.0.2.1:', undefined],
];
for (const [text, host, port] of places) {
  test(`listen: ${text}`, () => {
    const place = listenPlace(text);
    assert.deepEqual(place, host === undefined ? undefined : { host, port });
    if (place !== undefined) assert.equal(shownPlace(place), text);
  });
}

const faults: readonly (readonly [code: string, port: number, says: RegExp])[] = [
  [
    'EACCES',
    514,
    /0\.0\.0\.0:514 is not open\. Listen on 5514 and redirect 514 .*AmbientCapabilities=CAP_NET_BIND_SERVICE.* Run: sudo setcap cap_net_bind_service=\+ep \/usr\/bin\/node$/,
  ],
  ['EACCES', 5514, /^This account may not listen on 0\.0\.0\.0:5514\.$/],
  ['EADDRINUSE', 5514, /perhaps rsyslog/],
  ['EADDRNOTAVAIL', 5514, /no address 0\.0\.0\.0\./],
  ['ENOBUFS', 5514, /^It cannot listen on 0\.0\.0\.0:5514: bind ENOBUFS$/],
];
for (const [code, port, says] of faults) {
  test(`${code} on ${port} is told in one line, with the way out`, () => {
    const cause = Object.assign(new Error(`bind ${code}`), { code });
    const { message } = listenFault(cause, { host: '0.0.0.0', port }, '/usr/bin/node');
    assert.match(message, says);
    assert.doesNotMatch(message, /\n/);
  });
}
