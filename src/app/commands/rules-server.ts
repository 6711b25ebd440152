/** A running server is told of changed rules; it would notice by itself, but then nobody could say when. */
import { ApiError, CodedError } from '#contract';
import type { Context, Values } from '../command.ts';
import { connect } from './connection.ts';

/** What became of it, in a sentence. */
export async function tellServer(context: Context, values: Values): Promise<string> {
  try {
    const { client } = await connect(context, values);
    const { rules, problems } = await client.call('reloadRules', { signal: context.signal });
    return `The running server uses them: ${rules} rules, ${problems} refused.`;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'NO_SERVER') return 'A server takes them when it starts.';
    if (error instanceof ApiError) return `A server runs; it takes them within seconds (${error.problem.title}).`;
    throw error;
  }
}
