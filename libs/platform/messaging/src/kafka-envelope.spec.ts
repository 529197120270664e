import type { ContractEvent } from '@registry/contracts';
import { readContractEvent } from '@registry/contracts';
import { toContractEvent, toKafkaMessage, type ReceivedMessage } from './kafka-envelope.js';

const TOPIC = 'privacy.settings.v1';

const event: ContractEvent = {
  id: '5f0c9d2e-4b5a-4d53-8a52-0b3c7d1c2f10',
  type: 'PersonFollows',
  key: 'person-ünï',
  revision: 12,
  position: '00000042/7',
  recordedAt: '2026-01-02T03:04:05.678Z',
  data: { survivor: 'p', list: [1, null, 'ä'], empty: {} },
};

const received = (change: Partial<ReceivedMessage> = {}): ReceivedMessage => {
  const { key, value, headers } = toKafkaMessage(TOPIC, event);
  return {
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    offset: '7',
    timestamp: '1767323045678',
    ...change,
  };
};

describe('The envelope on Kafka', () => {
  it('is a CloudEvent in binary mode', () => {
    expect(toKafkaMessage(TOPIC, event)).toStrictEqual({
      key: event.key,
      value: JSON.stringify(event.data),
      headers: {
        ce_specversion: '1.0',
        ce_id: event.id,
        ce_type: 'org.immunization-registry.privacy.settings.v1.PersonFollows',
        ce_source: '/contexts/privacy',
        ce_time: event.recordedAt,
        ce_partitionkey: event.key,
        ce_revision: '12',
        ce_position: event.position,
        'content-type': 'application/json',
      },
    });
  });

  it('loses nothing there and back', () => {
    expect(toContractEvent(TOPIC, 3, received())).toStrictEqual(event);
  });

  it.each([
    ['no JSON', { value: Buffer.from('{"a":') }],
    ['no value', { value: null }],
    ['no key', { key: null }],
    ['no headers', { headers: {} }],
    ['no revision', { headers: { ...received().headers, ce_revision: undefined } }],
    ['a revision that is none', { headers: { ...received().headers, ce_revision: Buffer.from('-1') } }],
    ['another version', { headers: { ...received().headers, ce_specversion: Buffer.from('0.3') } }],
    [
      'the type of another topic',
      { headers: { ...received().headers, ce_type: Buffer.from('org.example.X') } },
    ],
    ['a header twice', { headers: { ...received().headers, ce_id: [Buffer.from('a'), Buffer.from('b')] } }],
  ])('makes of a message with %s an event that no contract knows, without its content', (_, change) => {
    const made = toContractEvent(TOPIC, 3, received(change));
    expect(made).toStrictEqual({
      id: `${TOPIC}/3/7`,
      type: 'Unreadable',
      key: 'key' in change ? `${TOPIC}/3/7` : event.key,
      revision: 0,
      position: '',
      recordedAt: '2026-01-02T03:04:05.678Z',
      data: { place: `${TOPIC}/3/7` },
    });
    expect(() => readContractEvent(TOPIC, made)).toThrow(/contract/);
  });
});
