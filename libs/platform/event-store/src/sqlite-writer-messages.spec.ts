import { failureOf } from '@registry/group-writer';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.port.js';
import { type AppendRequest } from './new-events.js';
import { type Fate } from './sqlite-fates.js';
import {
  storeErrorOf,
  flattenFates,
  flattenGroup,
  unflattenFates,
  unflattenGroup,
} from './sqlite-writer-messages.js';
import { StoreInUse, StoreUnusable } from './store-errors.js';

describe('What the store and its writer thread tell each other', () => {
  it('is a group of appends', () => {
    const text = (id: string) => ({ id, type: 'Happened', data: '{"a":"\ud800"}', metadata: '{}' });
    const group: AppendRequest[] = [
      { stream: 'privacy-1', expected: 7, events: [text('a')] },
      { stream: 'none', expected: 'none', events: [text('b'), text('c')] },
      { stream: 'inquiries-1', expected: 'any', events: [text('d')] },
      { stream: 'privacy-2', expected: { after: 3, over: ['Disclosed', 'Aborted'] }, events: [text('e')] },
      { stream: 'privacy-3', expected: { after: 0, over: [] }, events: [text('f')] },
    ];
    expect(unflattenGroup(structuredClone(flattenGroup(group)))).toStrictEqual(group);
  });

  it('is the fate of each', () => {
    const fates: Fate[] = [
      { kind: 'written', position: 2 ** 40, revision: 3, recordedAt: '2026-03-01T12:00:00.000Z' },
      { kind: 'conflict', head: -1 },
      { kind: 'repeated', position: 1, revision: 0, recordedAt: '2026-03-01T12:00:00.000Z' },
    ];
    expect(unflattenFates(structuredClone(flattenFates(fates)))).toStrictEqual(fates);
  });

  it.each([AppendOutcomeUnknown, StoreUnavailable, StoreInUse, StoreUnusable])('is an error: %p', (Class) => {
    const error = storeErrorOf(
      structuredClone(failureOf(new Class('It failed', { cause: new Error('disk') }))),
    );
    expect(error).toBeInstanceOf(Class);
    expect(error).toMatchObject({ message: 'It failed', cause: { message: 'disk' } });
  });

  it('is an error of the system', () => {
    const error = storeErrorOf(failureOf(Object.assign(new Error('no such file'), { code: 'ENOENT' })));
    expect(error).toMatchObject({ message: 'no such file', code: 'ENOENT' });
    expect(storeErrorOf(failureOf('what?')).message).toBe('what?');
  });
});
