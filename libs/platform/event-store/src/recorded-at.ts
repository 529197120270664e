/** Times of record: ISO-8601 UTC in milliseconds, never decreasing even if the clock is set back. */
export class RecordedAtClock {
  private latest: number;
  private text: string;

  /** @param latest the newest time already recorded, if any */
  constructor(
    private readonly now: () => Date,
    latest?: string,
  ) {
    this.latest = latest === undefined ? -Infinity : Date.parse(latest);
    this.text = latest ?? '';
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
