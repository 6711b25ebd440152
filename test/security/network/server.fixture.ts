/** The API alone in a process of its own, so that its memory can be told from that of the attacker. */
import { fixtureApi } from '../../../src/api/backend.fixture.ts';

const { api, backend } = await fixtureApi();
const { port } = await api.listen();

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

process.on('message', () => process.send?.({ peakBytes: peakBytes(), submissions: backend.submissions.length }));
process.on('disconnect', () => process.exit());
process.send?.({ port });
