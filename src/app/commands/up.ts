import process from 'node:process';
import type { Command } from '../command.ts';
import { readyPipeline } from '../threads.ts';
import { settingsOptions } from './config-place.ts';

export const up: Command = {
  name: 'up',
  summary: 'Start everything on this machine: sources, honeypot, log intake and dashboard.',
  args: '',
  options: {
    port: { type: 'string', value: 'PORT', help: 'Port of the dashboard and the log intake. Default: 5000.' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'Address to listen on; only loopback for now. Default: 127.0.0.1.',
    },
    honeypot: { type: 'string', value: 'HOST:PORT|off', help: 'Where the honeypot listens. Default: 0.0.0.0:2323.' },
    interval: { type: 'string', value: 'SECONDS', help: 'Seconds between two looks at this machine. Default: 10.' },
    ...settingsOptions,
    quiet: { type: 'boolean', short: 'q', help: 'Do not print events.' },
  },
  examples: ['porchlight up', 'porchlight up --port 8080 --honeypot off', 'npm start -- --port 8080'],
  async run(context, values) {
    // Among the processes of this machine it goes by its own name.
    process.title = 'porchlight';
    // The two halves of the program load at the same time, each in its thread.
    const pipeline = readyPipeline();
    try {
      const { serve } = await import('../serve.ts');
      return await serve(context, values, pipeline);
    } finally {
      await pipeline.stop();
    }
  },
};
