import { normalizeName } from './name-compatibility.js';

/** Policy data: how far from the expected date a birth may be, days (DOMAIN 4.3). */
export const WATCH_POLICY = {
  version: 'watch-1',
  effective: '2026-01-01',
  daysBefore: 120,
  daysAfter: 45,
} as const;

/** A child who is not born or has no name yet, as a request names it. */
export interface Watched {
  /** `YYYY-MM-DD`. */
  readonly expectedDate: string;
  readonly mother: { readonly family: string; readonly given: string };
}

/** What of a birth record tells whose child it is. */
export interface Birth {
  readonly birthDate: string;
  readonly mothers: readonly { readonly family: string; readonly given: string }[];
}

/** Requests that wait for a birth record, by the mother's name. Few, so an ordinary map will do; what was changed since a mark can be taken back. */
export class WatchList {
  private readonly byMother = new Map<string, Map<string, string>>();
  private readonly undos: (() => void)[] = [];

  get marked(): number {
    return this.undos.length;
  }

  watch(requestId: string, { expectedDate, mother }: Watched): void {
    const key = keyOf(mother);
    const requests = this.byMother.get(key) ?? new Map<string, string>();
    this.byMother.set(key, requests.set(requestId, expectedDate));
    this.undos.push(() => requests.delete(requestId));
  }

  /** Ends the waiting of a request. */
  end(requestId: string): void {
    for (const requests of this.byMother.values()) {
      const expectedDate = requests.get(requestId);
      if (expectedDate === undefined) continue;
      requests.delete(requestId);
      this.undos.push(() => requests.set(requestId, expectedDate));
    }
  }

  /** Requests that this birth may end: the mother's first and last name agree, and the date is near the one expected. */
  waitingFor({ birthDate, mothers }: Birth): string[] {
    if (this.byMother.size === 0) return [];
    const found = mothers.flatMap((mother) =>
      [...(this.byMother.get(keyOf(mother)) ?? [])].filter(([, expected]) => isNear(birthDate, expected)),
    );
    return [...new Set(found.map(([requestId]) => requestId))];
  }

  undoTo(mark: number): void {
    while (this.undos.length > mark) this.undos.pop()?.();
  }

  settle(): void {
    this.undos.length = 0;
  }
}

const keyOf = ({ family, given }: Watched['mother']): string =>
  `${normalizeName(family)}|${normalizeName(given)}`;

const isNear = (birthDate: string, expected: string): boolean => {
  const days = (Date.parse(birthDate) - Date.parse(expected)) / 86_400_000;
  return days >= -WATCH_POLICY.daysBefore && days <= WATCH_POLICY.daysAfter;
};
