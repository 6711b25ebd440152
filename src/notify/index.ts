import type { Config } from '#contract';
import { email } from './email.ts';
import type { Notifier } from './notifier.ts';
import { ntfy } from './ntfy.ts';
import { telegram } from './telegram.ts';

export { type Message, type Notifier, NotTaken } from './notifier.ts';

/** The channels that the configuration switches on. A new channel is one file and one line here. */
export function notifiers(config: Config['notify']): Notifier[] {
  return [
    config.ntfy === undefined ? undefined : ntfy(config.ntfy),
    config.telegram === undefined ? undefined : telegram(config.telegram),
    config.email === undefined ? undefined : email(config.email),
  ].filter((notifier) => notifier !== undefined);
}
