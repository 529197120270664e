import { setTimeout as pause } from 'node:timers/promises';
import type { ReadModel } from '@registry/persistence';

const RETRY_PAUSE_MS = 50;

/**
 * Clears from the read model's write-ahead log what deleted rows left there in clear. Asked for from within the transaction
 * that deletes: it takes its turn behind that one.
 */
export class RecordScrub {
  private wanted = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly readModel: Pick<ReadModel, 'scrub'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  soon(): void {
    this.wanted = true;
    this.running ??= this.run()
      .catch(this.onFailure)
      .finally(() => {
        this.running = undefined;
        if (this.wanted) this.soon();
      });
  }

  /** Until it is done: a reader in the way makes it come again. */
  private async run(): Promise<void> {
    this.wanted = false;
    while (!(await this.readModel.scrub())) await pause(RETRY_PAUSE_MS);
  }
}
