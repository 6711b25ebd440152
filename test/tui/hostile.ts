/** What an attacker would put into a name: each of these does something to a terminal that takes it raw. */
export const HOSTILE = [
  '\u001b[2J\u001b[H',
  '\u001b]0;owned\u0007',
  '\u001b]52;c;b3duZWQ=\u0007',
  '\u001b]8;;https://example.net\u001b\\link\u001b]8;;\u001b\\',
  '\u009b31m\u009d0;owned\u009c',
  '\u202egnp.exe\u2066',
  '\r\n\b\u0000\u007f',
  '\u001b[?1049l\u001bc',
  'x\u0300\u0301\u0302\u0303',
  '\ud800',
].join('|');
