import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readKeys } from './keys.ts';
import { type Act, press } from './press.ts';
import { selectedAlert } from './selection.ts';
import { FIRST_VIEW, nothingYet, type TopState } from './state.ts';
import { plainAlert } from './state.fixture.ts';

const START: TopState = {
  ...nothingYet('nas', '0.1.0'),
  ...FIRST_VIEW,
  alerts: { value: ['1', '2', '3'].map((id) => plainAlert(id)) },
  now: 1000,
  zone: 'UTC',
  connection: 'live',
  interval: 10,
  rate: undefined,
};

/** The state after these keys, and what was asked for on the way. */
function after(keys: string, start: TopState = START): { state: TopState; acts: readonly Act[] } {
  let state = start;
  const acts: Act[] = [];
  for (const key of readKeys(`${keys} `).keys.slice(0, -1)) {
    const { view, act } = press(key, state);
    state = { ...state, ...view };
    if (act !== undefined) acts.push(act);
  }
  return { state, acts };
}

const ROWS: readonly (readonly [name: string, keys: string, check: (state: TopState, acts: readonly Act[]) => void])[] =
  [
    ['q quits', 'q', (_, acts) => assert.deepEqual(acts, [{ kind: 'quit' }])],
    ['so does Ctrl-C', '\u0003', (_, acts) => assert.deepEqual(acts, [{ kind: 'quit' }])],
    ['a number goes to a pane', '2', (state) => assert.equal(state.focus, 'processes')],
    ['Tab goes on and comes round', '6\t', (state) => assert.equal(state.focus, 'load')],
    ['back Tab goes back', '1\u001b[Z', (state) => assert.equal(state.focus, 'alerts')],
    ['j moves the bar', 'jj', (state) => assert.equal(selectedAlert(state)?.id, '3')],
    ['not beyond the end', 'jjjjjk', (state) => assert.equal(selectedAlert(state)?.id, '2')],
    ['G and g go to the ends', 'Gg', (state) => assert.equal(selectedAlert(state)?.id, '1')],
    ['elsewhere j scrolls', '2jj', (state) => assert.equal(state.scroll, 2)],
    ['another pane starts at its top', '2jj3', (state) => assert.equal(state.scroll, 0)],
    [
      'Enter opens the alert under the bar',
      'j\r',
      (state, acts) => {
        assert.equal(state.page.kind === 'alert' && state.page.alert.id, '2');
        assert.deepEqual(acts, [{ kind: 'open', id: '2' }]);
      },
    ],
    ['Enter leaves it again', '\r\r', (state) => assert.equal(state.page.kind, 'panes')],
    ['Enter makes another pane whole', '1\r', (state) => assert.equal(state.page.kind, 'pane')],
    ['? shows the keys and hides them', '??', (state) => assert.equal(state.page.kind, 'panes')],
    [
      'a acknowledges what is under the bar',
      'ja',
      (_, acts) => assert.deepEqual(acts, [{ kind: 'acknowledge', id: '2' }]),
    ],
    [
      'a without a choice says what to do',
      '1a',
      (state, acts) => {
        assert.deepEqual(acts, []);
        assert.match(state.notice, /Choose an alert/);
      },
    ],
    ['the answer goes with the next key', '1aj', (state) => assert.equal(state.notice, '')],
    ['p holds the picture', 'p', (state) => assert.deepEqual(state.paused, { since: 1000, waiting: 0 })],
    ['p lets it go', 'pp', (state) => assert.equal(state.paused, undefined)],
    [
      '/ types a filter, in which q is a letter',
      '/q 3\r',
      (state, acts) => {
        assert.deepEqual(state.filter, { text: 'q 3', typing: false });
        assert.deepEqual(acts, []);
      },
    ],
    ['a filter lists what matches', '/number 3\r', (state) => assert.equal(selectedAlert(state)?.id, '3')],
    ['backspace takes a character, not half of one', '/a😀\u007f', (state) => assert.equal(state.filter.text, 'a')],
    ['Ctrl-C quits while typing too', '/a\u0003', (_, acts) => assert.deepEqual(acts, [{ kind: 'quit' }])],
  ];
for (const [name, keys, check] of ROWS) {
  test(`press: ${name}`, () => {
    const { state, acts } = after(keys);
    check(state, acts);
  });
}

test('Escape ends a page, then the filter', () => {
  const { state } = after('/x\r1\r');
  const escape = { kind: 'escape' } as const;
  const back = { ...state, ...press(escape, state).view };
  assert.equal(back.page.kind, 'panes');
  assert.equal(back.filter.text, 'x');
  assert.equal({ ...back, ...press(escape, back).view }.filter.text, '');
});

test('the bar stays with its alert when others come, and with its place when it goes', () => {
  const { state } = after('j');
  const more = { ...state, alerts: { value: ['9', '1', '2', '3'].map((id) => plainAlert(id)) } };
  assert.equal(selectedAlert(more)?.id, '2');
  const fewer = { ...state, alerts: { value: ['1', '3'].map((id) => plainAlert(id)) } };
  assert.equal(selectedAlert(fewer)?.id, '3');
  assert.equal(selectedAlert({ ...state, alerts: { value: [] } }), undefined);
});
