import { RecentEvents } from './recent-events.js';

describe('RecentEvents', () => {
  const push = (recent: RecentEvents, position: number, stream = 'privacy-1', size = 10): (() => unknown) =>
    recent.push({
      position,
      stream,
      revision: position,
      text: {
        id: `id-${position}`,
        type: 'Happened',
        data: `{"a":"${'x'.repeat(size)}"}`,
        metadata: '{"schemaVersion":1}',
      },
      recordedAt: '2026-03-01T12:00:00.000Z',
    });
  const idsAfter = (recent: RecentEvents, after: number, limit = 100): string[] | undefined =>
    recent.page(after, limit, undefined)?.events.map(({ id }) => id);

  it('knows only what came after it was made', () => {
    const recent = new RecentEvents(5);
    expect(recent.page(4, 10, undefined)).toBeUndefined();
    expect(recent.page(5, 10, undefined)).toStrictEqual({
      events: [],
      position: '5',
      caughtUp: true,
      scanned: 0,
    });
    push(recent, 6);
    expect(idsAfter(recent, 5)).toStrictEqual(['id-6']);
  });

  it('forgets the oldest beyond its capacity', () => {
    const recent = new RecentEvents(0, 3);
    for (let position = 1; position <= 7; position += 1) push(recent, position);
    expect(idsAfter(recent, 4)).toStrictEqual(['id-5', 'id-6', 'id-7']);
    expect(idsAfter(recent, 3)).toBeUndefined();
  });

  it('forgets the oldest beyond its size, even the newest if that is too large', () => {
    const recent = new RecentEvents(0, 100, 1000);
    for (let position = 1; position <= 10; position += 1) push(recent, position, 'privacy-1', 300);
    expect(idsAfter(recent, 8)).toStrictEqual(['id-9', 'id-10']);
    expect(idsAfter(recent, 2)).toBeUndefined();
    push(recent, 11, 'privacy-1', 2000);
    expect(idsAfter(recent, 10)).toBeUndefined();
    expect(idsAfter(recent, 11)).toStrictEqual([]);
    push(recent, 12);
    expect(idsAfter(recent, 11)).toStrictEqual(['id-12']);
  });

  it('filters by category and moves past the rest', () => {
    const recent = new RecentEvents(0);
    for (let position = 1; position <= 6; position += 1)
      push(recent, position, position % 2 ? 'odd-1' : 'even-1');
    const page = recent.page(0, 2, ['odd']);
    expect(page?.events.map(({ id }) => id)).toStrictEqual(['id-1', 'id-3']);
    expect(page).toMatchObject({ position: '3', caughtUp: false, scanned: 3 });
    expect(recent.page(3, 2, ['odd'])).toMatchObject({ position: '6', caughtUp: true });
  });

  it('gives every reader the same event, which none can change', () => {
    const recent = new RecentEvents(0);
    push(recent, 1);
    const [first, second] = [
      recent.page(0, 1, undefined)?.events[0],
      recent.page(0, 1, ['privacy'])?.events[0],
    ];
    expect(first).toBe(second);
    expect(Object.isFrozen(first?.data)).toBe(true);
  });
});
