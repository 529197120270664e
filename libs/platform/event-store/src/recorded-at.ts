/** Times of record: ISO-8601 UTC in milliseconds, never decreasing even if the clock is set back. */
export class RecordedAtClock {
  private latest = -Infinity;
  private text = '';

  /** @param latest the newest time already recorded, if any */
  constructor(
    private readonly now: () => Date,
    latest?: string,
  ) {
    if (latest !== undefined) this.notBefore(latest);
  }

  /** Goes on from a time that was recorded elsewhere. */
  notBefore(recorded: string): void {
    const time = Date.parse(recorded);
    if (time <= this.latest) return;
    this.latest = time;
    this.text = recorded;
  }

  next(): string {
    const time = this.now().getTime();
    if (time > this.latest) {
      this.latest = time;
      this.text = new Date(time).toISOString();
    }
    return this.text;
  }
}
