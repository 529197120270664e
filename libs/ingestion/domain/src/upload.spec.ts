import fc from 'fast-check';
import { decideUpload, type UploadCommand } from './upload.decider.js';
import { evolveUpload, initialUploadState } from './upload.state.js';

const started = { clientId: 'c', organizationId: 'o', kind: 'roster' } as const;

const play = (commands: readonly UploadCommand[]) => {
  let state = initialUploadState;
  const events = commands.flatMap((command) => {
    const decided = decideUpload(command, state);
    state = decided.reduce(evolveUpload, state);
    return decided;
  });
  return { state, events };
};

const START: UploadCommand = { type: 'StartUpload', started };
const take = (last: number, ...rows: number[]): UploadCommand => ({
  type: 'TakeRows',
  last,
  rejected: rows.map((row) => ({ row, problems: [] })),
});

describe('An upload', () => {
  it('counts its rows and ends', () => {
    const { state } = play([START, take(3, 2), take(5), { type: 'CompleteUpload' }]);
    expect(state).toMatchObject({ status: 'completed', lastRow: 5, counts: { accepted: 4, rejected: 1 } });
  });

  it('takes no row twice when it is sent again, and nothing after its end', () => {
    const once = play([START, take(3, 2), take(5, 4), { type: 'CompleteUpload' }]);
    const again = play([
      START,
      take(3, 2),
      START,
      take(2, 2),
      take(5, 2, 4),
      { type: 'CompleteUpload' },
      take(9),
    ]);
    expect(again.state).toEqual(once.state);
    expect(again.events).toEqual(once.events);
  });

  it('decides nothing before it began', () => {
    expect(play([take(3), { type: 'CompleteUpload' }]).events).toEqual([]);
  });

  it('gives each row one result, whatever comes again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (lasts) => {
        const { events, state } = play([START, ...lasts.map((last) => take(last))]);
        const rows = events.flatMap((event) =>
          event.type === 'UploadRowsTaken'
            ? Array.from(
                { length: event.data.last - event.data.first + 1 },
                (_, index) => event.data.first + index,
              )
            : [],
        );
        expect(rows).toEqual(Array.from({ length: Math.max(0, ...lasts) }, (_, index) => index + 1));
        expect(state).toMatchObject({ counts: { accepted: rows.length } });
      }),
    );
  });
});
