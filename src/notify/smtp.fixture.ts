/**
 * A mail server on this machine for tests: enough of SMTP (RFC 5321) to take mails over plain TCP, STARTTLS and TLS, with AUTH PLAIN,
 * and to refuse, stall and lie where a test says so.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';

/** Made for these tests, trusted by nobody: 0.0.0.0 and mail.example.net. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBsTCCAVagAwIBAgIUP1kF4AcH43MM9KQlvj50x/FO5sMwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQbWFpbC5leGFtcGxlLm5ldDAgFw0yNjExMjAxMjE2MzVaGA8y
MTI2MTAyNzEyMTYzNVowGzEZMBcGA1UEAwwQbWFpbC5leGFtcGxlLm5ldDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABCXFrbqM2vuykG74ZhpaHWNH0AEE314Exiif
PejqdFMppOeIiyT/5CMmz7uqcuoh1009hF7JDgM/fMB2iqTOK6ijdjB0MB0GA1Ud
DgQWBBQ3XdOgxZXUu+x6qmc37Q+6FRMn7DAfBgNVHSMEGDAWgBQ3XdOgxZXUu+x6
qmc37Q+6FRMn7DAPBgNVHRMBAf8EBTADAQH/MCEGA1UdEQQaMBiHBAAAAACCEG1h
aWwuZXhhbXBsZS5uZXQwCgYIKoZIzj0EAwIDSQAwRgIhAIJvYsrs9xIifW3p9nFk
Q1EaizDUST+eVMFNL679zjEOAiEAreiXiSPVB3smU8LlRWSRD2u3Mi5hiVdNSCyL
+ao7t94=
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNeLcLbW92Nn4/FS3
5ZUn8VBLXSCFlNxIjLIGYLff0OKhRANCAAQlxa26jNr7spBu+GYaWh1jR9ABBN9e
BMYonz3o6nRTKaTniIsk/+QjJs+7qnLqIddNPYReyQ4DP3zAdoqkziuo
-----END PRIVATE KEY-----`;

export interface CaughtMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header and body with dots taken back, CRLF line ends. */
  readonly data: string;
  readonly overTls: boolean;
}

export interface SmtpOptions {
  readonly starttls?: boolean;
  /** TLS from the start. */
  readonly secure?: boolean;
  readonly user?: string;
  readonly password?: string;
  /**
   * An answer in place of the usual one, for a command line, 'GREETING' or 'END' (after the mail); undefined for the usual. An empty one
   * is never sent.
   */
  readonly reply?: (command: string) => string | undefined;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: CaughtMail[];
  /** Command lines in the order they came. */
  readonly commands: string[];
  /** Connections that are open. */
  readonly open: Set<Socket>;
  close(): void;
}

export async function startSmtp(options: SmtpOptions = {}): Promise<SmtpServer> {
  const mails: CaughtMail[] = [];
  const commands: string[] = [];
  const open = new Set<Socket>();
  const caught = { mails, commands };
  const accept = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    converse(socket, options, caught, true);
  };
  const server: Server =
    options.secure === true ? createTlsServer({ key: KEY, cert: CERTIFICATE }, accept) : createServer(accept);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, ...caught, open, close };
}

interface Envelope {
  from: string;
  to: string[];
  /** undefined outside DATA. */
  lines: string[] | undefined;
}

function converse(
  socket: Socket,
  options: SmtpOptions,
  caught: Pick<SmtpServer, 'mails' | 'commands'>,
  greet: boolean,
): void {
  const overTls = socket instanceof TLSSocket;
  const mail: Envelope = { from: '', to: [], lines: undefined };
  const say = (command: string, usual: string): string => {
    const reply = options.reply?.(command) ?? usual;
    if (reply !== '') socket.write(`${reply}\r\n`);
    return reply;
  };
  socket.on('error', () => undefined);
  if (greet) say('GREETING', '220 mail.example.net ESMTP');

  function take(line: string): void {
    if (mail.lines === undefined) obey(line);
    else if (line === '.') finish(mail.lines);
    else mail.lines.push(line.replace(/^\./, ''));
  }

  function finish(lines: readonly string[]): void {
    mail.lines = undefined;
    if (say('END', '250 2.0.0 queued').startsWith('2'))
      caught.mails.push({ from: mail.from, to: [...mail.to], data: lines.join('\r\n'), overTls });
  }

  function obey(line: string): void {
    caught.commands.push(line);
    const [verb = ''] = line.toUpperCase().split(/[ :]/);
    const reply = say(line, usualReply(verb, line, options, overTls));
    if (!/^[23]/.test(reply)) return;
    if (verb === 'MAIL') mail.from = address(line);
    if (verb === 'RCPT') mail.to.push(address(line));
    if (verb === 'DATA') mail.lines = [];
    if (verb === 'STARTTLS') turnToTls(socket, options, caught);
  }

  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(Buffer.from(line, 'latin1').toString());
  });
}

function turnToTls(socket: Socket, options: SmtpOptions, caught: Pick<SmtpServer, 'mails' | 'commands'>): void {
  socket.removeAllListeners('data');
  const secureContext = createSecureContext({ key: KEY, cert: CERTIFICATE });
  converse(new TLSSocket(socket, { isServer: true, secureContext }), options, caught, false);
}

const address = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? '';

function usualReply(verb: string, line: string, options: SmtpOptions, overTls: boolean): string {
  const { user, password, starttls } = options;
  if (verb === 'EHLO') {
    const extensions = ['8BITMIME', 'SIZE 1000000'];
    if (starttls === true && !overTls) extensions.push('STARTTLS');
    if (user !== undefined) extensions.push('AUTH PLAIN');
    return [
      '250-mail.example.net',
      ...extensions.map((name, i) => `250${i < extensions.length - 1 ? '-' : ' '}${name}`),
    ].join('\r\n');
  }
  if (verb === 'AUTH') {
    const right = Buffer.from(`\u0000${user ?? ''}\u0000${password ?? ''}`).toString('base64');
    return line === `AUTH PLAIN ${right}` ? '235 2.7.0 welcome' : '535 5.7.8 who are you';
  }
  if (verb === 'STARTTLS') return starttls === true && !overTls ? '220 go ahead' : '502 5.5.1 not here';
  if (verb === 'DATA') return '354 go on';
  if (verb === 'QUIT') return '221 bye';
  return '250 2.1.0 fine';
}
