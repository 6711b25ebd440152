/** Where the server may listen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtureApi } from '../../../src/api/backend.fixture.ts';

for (const host of ['0.0.0.0', '::', '192.0.2.1', '2001:db8::1', 'nas.example', '', '127.0.0.1.evil.example']) {
  test(`'${host}' is refused: it is not loopback`, async () => {
    const { api } = await fixtureApi({ http: { host } });
    await assert.rejects(api.listen(), { code: 'EXPOSED' });
    await api.close();
  });
}

for (const host of ['127.0.0.1', 'localhost', '::1']) {
  test(`'${host}' is loopback`, async () => {
    const { api } = await fixtureApi({ http: { host } });
    const { address, port } = await api.listen();
    assert.equal(address, host === '::1' ? '::1' : '127.0.0.1');
    assert.ok(port > 0);
    await api.close();
  });
}

test('a port that is taken is named, with another that may do', async () => {
  const first = await fixtureApi();
  const { port } = await first.api.listen();
  const second = await fixtureApi({ http: { port } });
  await assert.rejects(second.api.listen(), {
    code: 'PORT_IN_USE',
    detail: new RegExp(`127\\.0\\.0\\.1 port ${port}.*--port \\d+`),
  });
  await second.api.close();
  await first.api.close();
});
