/** Whether a machine runs on a battery of its own, as laptops do, from /sys/class/power_supply (Linux ABI, sysfs-class-power). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The battery of a mouse or a headset has scope Device. A UPS is of type UPS: what hangs on it does not sleep. */
export function hasBattery(root: string): boolean {
  const folder = join(root, 'sys/class/power_supply');
  return namesIn(folder).some(
    (name) => word(join(folder, name, 'type')) === 'Battery' && word(join(folder, name, 'scope')) !== 'Device',
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function word(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
