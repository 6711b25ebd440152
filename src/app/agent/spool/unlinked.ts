/** undefined when the file is gone: an agent that runs removes what was taken. */
export function unlinkedWhileRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
