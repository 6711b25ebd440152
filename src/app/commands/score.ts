import { isoTime } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { bandWord, isStale, moment, scoreSentence, staleWords } from '#ui/model';
import { type Command, text } from '../command.ts';
import { connect, connectionOptions } from './connection.ts';

export const score: Command = {
  name: 'score',
  summary: 'The last score of a machine, and where its points went.',
  args: '',
  options: {
    host: { type: 'string', value: 'NAME', help: 'Another machine than the one the server runs on.' },
    all: { type: 'boolean', help: 'Every machine that was scored, one a line.' },
    json: { type: 'boolean', help: 'As JSON.' },
    ...connectionOptions,
  },
  examples: ['porchlight score', 'porchlight score --host laptop --json', 'porchlight score --all'],
  async run(context, values) {
    const { client } = await connect(context, values);
    const { signal } = context;
    if (values['all'] === true) {
      const { items } = await client.call('hosts', { signal });
      for (const item of items) {
        const line = `${String(item.score).padStart(3)}  ${bandWord(item.band)}  ${printable(item.host)}`;
        context.out(values['json'] === true ? `${printableJson(item)}\n` : `${line}\n`);
      }
      return 0;
    }
    const host = text(values, 'host');
    const found = await client.call('score', { query: { host }, signal });
    if (values['json'] === true) {
      context.out(`${printableJson(found)}\n`);
      return 0;
    }
    const { check_every: every = 0 } = await client.call('health', { signal });
    const at = Date.parse(found.at);
    const when = moment(isoTime(at), context.now());
    const old = isStale(at, context.now(), every) ? ` ${staleWords(found.snapshot.always_on, when)}.` : '';
    context.out(
      `${printable(found.host)}  ${found.score}  ${bandWord(found.band)}. ${scoreSentence(found.score, found.yesterday)}${old}\n`,
    );
    for (const { points, reason } of found.ledger) context.out(`  −${String(points).padEnd(3)} ${printable(reason)}\n`);
    return 0;
  },
};
