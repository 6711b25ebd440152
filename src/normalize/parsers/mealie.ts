/** Mealie: `LEVEL    STAMP - TEXT`, and uvicorn's access lines. A lockout follows five failures, each of which has its line. */
import { application, LOCKED_OUT } from '../application.ts';
import { LOGIN_FAILED } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import { uvicornLine } from './uvicorn.ts';

const words = wordings([
  {
    has: '- Incorrect username or password from ',
    pattern: /^- (?<reason>Incorrect username or password) from (?<forwarded>[\da-fA-F:., ]+)$/,
    fields: LOGIN_FAILED,
  },
  {
    has: '- User is locked out due to too many ',
    pattern: /^- User is locked out due to too many failed login attempts from (?<forwarded>[\da-fA-F:., ]+)$/,
    fields: LOCKED_OUT,
  },
]);

export const mealie = application('mealie', {
  paths: ['mealie'],
  signatures: words.signatures,
  parse: (message, line) => words.parse(message, line) ?? uvicornLine(message),
});
