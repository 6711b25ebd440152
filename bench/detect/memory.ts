/** `node --expose-gc bench/detect/memory.ts CACHE FOLDER…`: how many MB more a process takes once it has rules and all lanes use them. */
import { readRules } from '#app/rule-catalogue';
import { compile } from '#detect';
import { LANES, speed } from './lanes.ts';

const [cache = '', ...folders] = process.argv.slice(2);

/** Resident, once everything that is no longer needed is gone. */
function residentMegabytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
}

function use(rules: Parameters<typeof compile>[0]): ReturnType<typeof compile> {
  const compiled = compile(rules);
  for (const { events } of LANES) speed(compiled.detector, events(1), 5000);
  return compiled;
}

use([]);
const before = residentMegabytes();
const { rules } = use(readRules(folders, cache).documents);
process.stdout.write(JSON.stringify({ rules: rules.length, megabytes: Math.round(residentMegabytes() - before) }));
