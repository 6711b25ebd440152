/** Stored bytes that are not what was written. The rest of the store is read on without them. */
export class DamagedBatch extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The bytes of a batch are damaged: ${reason}`, options);
    this.name = 'DamagedBatch';
  }
}
