/** MailScanner 5: verdicts of one message each. The sender in brackets is the client's; id and address in front are not. */
import { mail } from '../mail.ts';
import { wordings } from '../wordings.ts';
import type { Parser } from './parser.ts';

const FROM = String.raw`^Message (?<queueId>[\w.-]{5,32}) from (?<ip>[\da-fA-F.:]{2,45}) \((?<sender>[^()\s]{0,320})\) to \S{1,1024} is `;

export const mailscanner: Parser = {
  name: 'mailscanner',
  programs: ['mailscanner'],
  dataset: 'mailscanner.log',
  service: ['mailscanner', 'mail'],
  ...wordings([
    {
      starts: 'Message ',
      has: ' is not spam',
      pattern: new RegExp(`${FROM}not spam(?: \\(whitelisted\\))?(?=,|$)`),
      fields: mail('mail_passed', 'allowed'),
    },
    {
      starts: 'Message ',
      has: ' is whitelisted',
      pattern: new RegExp(`${FROM}whitelisted`),
      fields: mail('mail_passed', 'allowed'),
    },
    {
      starts: 'Message ',
      has: ' is spam',
      pattern: new RegExp(`${FROM}(?<reason>spam)(?=,| |$)`),
      fields: { ...mail('spam_found', 'denied'), 'event.kind': 'alert' },
    },
    {
      starts: 'Message ',
      has: ' is too big for spam checks',
      pattern: new RegExp(`${FROM}(?<reason>too big for spam checks)`),
      fields: mail('mail_passed', 'info'),
    },
    {
      starts: 'Infected message ',
      pattern: /^Infected message (?<queueId>[\w.-]{5,32}) came from (?<ip>[\da-fA-F.:]{2,45})$/,
      fields: {
        'event.kind': 'alert',
        'event.category': ['email', 'malware'],
        'event.type': ['denied'],
        'event.action': 'virus_found',
        'labels.category': 'antivirus',
      },
    },
    { starts: 'New Batch: ', fields: mail('batch'), quiet: true },
  ]),
};
