import { type Position } from './event-store.port.js';
import { numberedPosition } from './log-position.js';
import { PassedEvents } from './passed-events.js';
import { type SizedEvent } from './sqlite-reader.js';

const place = (number: number): Position => numberedPosition(number);

const sized = (number: number, characters: number): SizedEvent => ({
  event: {
    id: String(number),
    type: 'Happened',
    data: {},
    metadata: { schemaVersion: 1 },
    stream: 'stream-1',
    revision: number,
    position: place(number),
    recordedAt: '2026-01-01T00:00:00.000Z',
  },
  characters,
});

describe('PassedEvents', () => {
  const keptOf = (passed: PassedEvents, count: number): number[] =>
    Array.from({ length: count }, (_, number) => number).filter(
      (number) => passed.at(place(number)) !== undefined,
    );

  it('keeps the newest, and at least half as many as it may', () => {
    const passed = new PassedEvents(4, 1_000);
    for (let number = 0; number < 7; number += 1) passed.add(sized(number, 1));
    expect(keptOf(passed, 7)).toStrictEqual([4, 5, 6]);
    expect(passed.at(place(6))?.revision).toBe(6);
  });

  it('keeps fewer where they are large', () => {
    const passed = new PassedEvents(100, 10);
    for (let number = 0; number < 5; number += 1) passed.add(sized(number, 3));
    expect(keptOf(passed, 5)).toStrictEqual([2, 3, 4]);
  });
});
