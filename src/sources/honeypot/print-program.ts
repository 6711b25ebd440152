/** Prints the child's program as JSON. Its own short process: the type stripper would stay in the server's memory, 24 MB. */
import { childProgram } from './child-program.ts';

// Compiled, the neighbour ends in .js as this file does.
const entry = import.meta.resolve(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js');
process.stdout.write(JSON.stringify(childProgram(entry)));
