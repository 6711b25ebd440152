/** The API alone in a process of its own, so that its memory can be told from that of the attacker. */
import { fixtureApi } from '../../../src/api/backend.fixture.ts';

const { api, backend } = await fixtureApi();
const { port } = await api.listen();

/**
 * The peak is sampled: maxRSS of a forked process begins at its parent's, and would hide everything below that. The
 * server comes back to the event loop after each chunk of 64 kB, so no rise of a megabyte falls between two samples.
 */
let peakBytes = 0;
function sample(): void {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  setImmediate(sample);
}
sample();

process.on('message', () => process.send?.({ peakBytes, submissions: backend.submissions.length }));
process.on('disconnect', () => process.exit());
process.send?.({ port });
