export { honeypot, type HoneypotOptions } from './honeypot.ts';
