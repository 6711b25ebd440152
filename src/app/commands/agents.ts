import { AGENT_NAME, type AgentStatus, CodedError } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { type Command, type Context, type Values } from '../command.ts';
import { type Connection, connect, connectionOptions } from './connection.ts';
import { clockFor, cut } from './event-line.ts';

export const agents: Command = {
  name: 'agents',
  summary: 'Invite, list and revoke the agents that send their logs here.',
  args: 'list|add NAME|revoke NAME|rotate NAME|remove NAME',
  options: {
    again: {
      type: 'boolean',
      help: 'add: for a machine that is enrolled already; its key ends when the token is used.',
    },
    json: { type: 'boolean', help: 'list: one JSON agent a line. add: the reply as JSON.' },
    ...connectionOptions,
  },
  examples: [
    'porchlight agents add attic',
    'porchlight agents add attic > token.txt',
    'porchlight agents revoke attic',
  ],
  async run(context, values, [verb = 'list', ...names]) {
    const name = names[0];
    if (names.length > 1) throw usage(verb, `takes one name, not ${names.length}`);
    if (verb === 'list') {
      if (name !== undefined) throw usage(verb, 'takes no name');
      return list(await connect(context, values), context, values);
    }
    const act = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (act === undefined)
      throw new CodedError(
        'USAGE',
        `porchlight agents: there is no "${verb}"; it is list, add, revoke, rotate or remove`,
      );
    if (name === undefined) throw usage(verb, `name the agent, such as ${verb} attic`);
    if (!AGENT_NAME.test(name)) throw usage(verb, 'a name is small letters, digits, and between them . _ and -');
    await act(await connect(context, values), name, context, values);
    return 0;
  },
};

const usage = (verb: string, what: string): CodedError => new CodedError('USAGE', `porchlight agents ${verb}: ${what}`);

type Act = (connection: Connection, name: string, context: Context, values: Values) => Promise<void>;

/** The token alone goes to standard output: it can be sent on to a file or through ssh. */
async function add({ client }: Connection, name: string, { out, err, now }: Context, values: Values): Promise<void> {
  const invitation = await client.call('addAgent', { body: { name, again: values['again'] === true } });
  if (values['json'] === true) {
    out(`${printableJson(invitation)}\n`);
    return;
  }
  const minutes = Math.round((Date.parse(invitation.expires) - now()) / 60_000);
  err(
    `Within ${minutes} minutes, on ${name}: porchlight agent enroll\nIt asks for this word, which is good for one use:\n\n`,
  );
  out(`${printable(invitation.token)}\n`);
  err(`\nThe agent will look for this server at ${printable(invitation.urls.slice(0, 3).join(', '))}.\n`);
}

const VERBS: Readonly<Record<string, Act>> = {
  add,
  async revoke({ client }, name, { out }) {
    await client.call('dropAgent', { params: { name } });
    out(`The key of ${name} is revoked. What it sent stays; porchlight agents add ${name} lets it in again.\n`);
  },
  async remove({ client }, name, { out }) {
    await client.call('dropAgent', { params: { name }, query: { forget: '1' } });
    out(`${name} is removed. What it sent stays.\n`);
  },
  async rotate({ client }, name, { out }) {
    await client.call('rotateAgent', { params: { name } });
    out(`${name} gets a new key with its next batch; the old one holds until then.\n`);
  },
};

async function list({ client }: Connection, context: Context, values: Values): Promise<number> {
  const { items } = await client.call('listAgents', { signal: context.signal });
  const heard = items.flatMap(({ last_seen: at }) => (at === null ? [] : [Date.parse(at)]));
  const stamp = clockFor(heard, context.now());
  for (const agent of items)
    context.out(values['json'] === true ? `${printableJson(agent)}\n` : `${agentLine(agent, stamp, context)}\n`);
  if (items.length === 0) context.err('No agents yet. porchlight agents add NAME invites one.\n');
  return 0;
}

/** `attic            live      20:37:14    12,345 stored  3 waiting  0 lost  linux 1.2.0` */
function agentLine(agent: AgentStatus, stamp: (time: number) => string, { isTerminal, columns, now }: Context): string {
  const { name, state, last_seen, totals, spool, platform, version } = agent;
  const seen = last_seen === null ? '-' : stamp(Date.parse(last_seen));
  const figures = `${totals.stored} stored  ${spool?.records ?? 0} waiting  ${totals.lost} lost`;
  const machine = [platform, version, agent.rotating ? 'rotating' : null, tokenState(agent, now())]
    .filter((part) => part !== null)
    .join('  ');
  const line = `${name.padEnd(16)}  ${state.padEnd(8)}  ${seen.padEnd(8)}  ${figures}  ${printable(machine)}`.trimEnd();
  return isTerminal ? cut(line, columns) : line;
}

function tokenState({ invitation: expires }: AgentStatus, now: number): string | null {
  if (expires === null) return null;
  const left = Math.ceil((Date.parse(expires) - now) / 60_000);
  return left > 0 ? `token good for ${left} min` : 'token ended';
}
