import type { Command } from '../command.ts';
import { alerts } from './alerts.ts';
import { config } from './config.ts';
import { doctor } from './doctor.ts';
import { importCommand } from './import.ts';
import { notify } from './notify.ts';
import { parse } from './parse.ts';
import { rules } from './rules.ts';
import { search } from './search.ts';
import { tail } from './tail.ts';
import { top } from './top.ts';
import { up } from './up.ts';

/** Every command there is. A new one is one file and one line here. */
export const commands: readonly Command[] = [
  up,
  top,
  tail,
  search,
  alerts,
  parse,
  importCommand,
  rules,
  notify,
  config,
  doctor,
];
