/** Settings of the machine’s health: what costs points, and from when on. */
import { z } from 'zod';

const whole = z.int().min(0);
const points = z.int().min(0).max(100);
const limitsOf = (value: z.ZodNumber, warning: number, alert: number, what: string) =>
  z
    .strictObject({
      warning: value.default(warning).describe(`From here on ${what} is a warning.`),
      alert: value.default(alert).describe('From here on it is an alert, and all points of its weight are lost.'),
    })
    .refine((limits) => limits.alert >= limits.warning, {
      path: ['alert'],
      error: 'alert must not be below warning',
    })
    .prefault({});
const amount = z.number().min(0);
const percent = z.number().min(0).max(100);

export const monitorSchema = z.strictObject({
  interval: z.number().min(1).max(3600).default(10).describe('Seconds between two looks at this machine.'),
  thresholds: z
    .strictObject({
      cpu_load: amount.default(0.7).describe('Load average of one minute, for each CPU, from which points are lost.'),
      memory_used_pct: percent.default(80).describe('Percent of memory in use from which points are lost.'),
      established_connections: whole.default(150).describe('Established connections from which points are lost.'),
      failed_logins: whole.default(5).describe('Failed logins in the last 300 lines from which points are lost.'),
      high_cpu_processes: whole.default(1).describe('Processes with high CPU use from which points are lost.'),
      process_cpu: amount.default(80).describe('Percent of one CPU from which a process counts as high.'),
    })
    .prefault({}),
  weights: z
    .strictObject({
      cpu_load: points.default(20).describe('Most points that load can cost.'),
      memory_used_pct: points.default(15).describe('Most points that memory can cost.'),
      established_connections: points.default(10).describe('Most points that connections can cost.'),
      failed_logins: points.default(20).describe('Most points that failed logins can cost.'),
      high_cpu_processes: points.default(10).describe('Most points that processes with high CPU use can cost.'),
      critical_alert: points.min(1).default(35).describe('Points that each open critical alert costs.'),
      high_alert: points.min(1).default(12).describe('Points that each open high alert costs.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      cpu_load: limitsOf(amount, 0.7, 1, 'the load for each CPU'),
      memory_used_pct: limitsOf(percent, 80, 90, 'the percent of memory in use'),
      established_connections: limitsOf(whole, 150, 200, 'the number of established connections'),
      failed_logins: limitsOf(whole, 5, 20, 'the number of failed logins'),
      high_cpu_processes: limitsOf(whole, 1, 3, 'the number of processes with high CPU use'),
    })
    .prefault({}),
});
