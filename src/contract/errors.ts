/**
 * Every error a user can meet: a code that never changes, what went wrong, why, and the next step.
 * `docs/errors.md` is generated from this table and a test holds the two together.
 */
interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  readonly cause: string;
  readonly next: string;
}

export const ERRORS = {
  PORT_IN_USE: {
    status: 0,
    title: 'The port is taken',
    cause: 'Another program, perhaps another Porchlight, already listens there.',
    next: 'Stop it, or choose another port with --port.',
  },
  HONEYPOT_PORT_IN_USE: {
    status: 0,
    title: 'The honeypot port is taken',
    cause: 'Another program already listens on the honeypot port.',
    next: 'Choose another with --honeypot HOST:PORT, or --honeypot off.',
  },
  AGENTS_LISTEN: {
    status: 503,
    title: 'The agents’ listener cannot start',
    cause: 'Its port is taken, or its certificate cannot be used.',
    next: 'Mend what is named: agents.listen, agents.cert and agents.key in the configuration.',
  },
  DATA_FOLDER: {
    status: 0,
    title: 'The data folder cannot be used',
    cause: 'It cannot be made, written or locked; perhaps another Porchlight runs on it.',
    next: 'Choose another with --data DIR, or stop the other one.',
  },
  CONFIG: {
    status: 0,
    title: 'The configuration has an error',
    cause: 'A key is unknown or a value has the wrong form.',
    next: 'Mend the line that is named; porchlight config check tries it.',
  },
  RULE_SET: {
    status: 0,
    title: 'The rules cannot be taken',
    cause: 'The folder, archive or address is not what a set of Sigma rules looks like, or cannot be read.',
    next: 'Nothing was changed. Mend what is named, or take another release.',
  },
  USAGE: {
    status: 0,
    title: 'The command line is not understood',
    cause: 'An unknown command or option, or a missing value.',
    next: 'See porchlight COMMAND --help.',
  },
  NO_SERVER: {
    status: 0,
    title: 'No Porchlight answers there',
    cause: 'The server is not running, or listens elsewhere.',
    next: 'Start it with npm start, or name it with --url.',
  },
  EXPOSED: {
    status: 0,
    title: 'The dashboard stays on this machine',
    cause: 'Another address than loopback needs accounts and TLS, which this version does not have.',
    next: 'Use an SSH tunnel, or a reverse proxy named in http.trusted_proxies and http.hosts.',
  },
  BAD_REQUEST: {
    status: 400,
    title: 'The request is not understood',
    cause: 'A parameter has the wrong form.',
    next: 'See /api/openapi.json.',
  },
  BAD_QUERY: {
    status: 400,
    title: 'The query is not understood',
    cause: 'The search text has an error.',
    next: 'Mend it at the place that is named.',
  },
  SLOW_QUERY: {
    status: 503,
    title: 'The search took too long',
    cause: 'It had to read too much.',
    next: 'Choose a shorter time range, or add a word that is rarer.',
  },
  BAD_RULE: {
    status: 400,
    title: 'The rule cannot be used',
    cause: 'Its YAML is broken, or it asks for what the engine does not know.',
    next: 'Mend it at the place that is named: line, column.',
  },
  BAD_BODY: {
    status: 400,
    title: 'The body is not JSON',
    cause: 'It is neither an object, an array nor lines of JSON.',
    next: 'Send {"host":"…","message":"…"}.',
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'A key is needed',
    cause: 'No key was sent from outside this machine, or it is not known.',
    next: 'Send Authorization: Bearer KEY.',
  },
  TOKEN: {
    status: 401,
    title: 'The token is not good',
    cause: 'It was used, it ended, or it is of another server.',
    next: 'porchlight agents add NAME on the server prints a new one.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'This key may not do that',
    cause: 'Its role does not reach this far.',
    next: 'Use a key with the role that is named.',
  },
  CROSS_SITE: {
    status: 403,
    title: 'Requests from other sites are refused',
    cause: 'A page of another origin sent this request.',
    next: 'Open the dashboard itself.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing here',
    cause: 'No such page, alert or event.',
    next: 'Check the address.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'That method is not for this address',
    cause: 'The address exists, with other methods.',
    next: 'See /api/openapi.json.',
  },
  SEQUENCE: {
    status: 409,
    title: 'The batch does not follow the last one',
    cause: 'It starts after the number that was expected, and does not say what became of those between.',
    next: 'Send from the number under expected, or declare what is missing.',
  },
  AGENT_EXISTS: {
    status: 409,
    title: 'That name is taken',
    cause: 'An agent of that name is enrolled, or the name means something else here.',
    next: 'Choose another name; for a new key of the same machine add it --again.',
  },
  TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    cause: 'It is over the limit, as sent or after inflating.',
    next: 'Send smaller batches.',
  },
  UNSUPPORTED_ENCODING: {
    status: 415,
    title: 'That encoding is not known',
    cause: 'Only gzip and zstd are.',
    next: 'Send it as it is, or with gzip or zstd.',
  },
  QUOTA: {
    status: 429,
    title: 'Too much from this sender',
    cause: 'It sends more, or more often, than it may.',
    next: 'Wait as long as Retry-After says; agents.quota on the server sets how much is allowed.',
  },
  MISDIRECTED: {
    status: 421,
    title: 'That host name is not ours',
    cause: 'The Host header names another site.',
    next: 'Add the name to http.hosts.',
  },
  BUSY: {
    status: 503,
    title: 'Too much at once',
    cause: 'The server is taking all it can.',
    next: 'Send it again a little later.',
  },
  STORE_FAILED: {
    status: 503,
    title: 'The store could not keep it',
    cause: 'The disk is full or does not answer. Nothing was accepted.',
    next: 'Free some space; then send it again.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something broke',
    cause: 'A bug. The log of the server says more.',
    next: 'Please report it.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the table, with what is particular to this case. Rooms throw it; the CLI and the API print it. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(`${ERRORS[code].title}: ${detail}`, options);
    this.name = 'CodedError';
    this.code = code;
    this.detail = detail;
  }
}
