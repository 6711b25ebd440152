/** Amounts of data as people read them. */
import { dataSize } from '#ui/model';

/** `2.4 MB/s` */
export const bytesPerSecond = (bytes: number): string => `${dataSize(bytes)}/s`;
