import { request as httpRequest } from 'node:http';
import { categoryOf, type Position, type RecordedEvent } from '@registry/event-store';
import { enrol } from './enrolment.js';
import { Facts, kindOf } from './facts.js';
import { decided, eventually, RegistryProcess, temporaryFolder } from './registry-process.js';
import { vxu, type VxuValues } from './vxu-messages.js';

export interface Question {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Transcript {
  readonly question: string;
  readonly status: number | undefined;
  /** As they came: names, order and values. */
  readonly headers: readonly string[];
  readonly body: string;
  /** What the question left in the event store. */
  readonly left: readonly string[];
}

/** Asks over a connection of its own, and keeps every byte of the answer but the time. */
export const ask = (url: string, { method, path, headers, body }: Question) =>
  new Promise<Pick<Transcript, 'status' | 'headers' | 'body'>>((resolve, reject) => {
    const asked = httpRequest(url + path, { method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const pairs = answer.rawHeaders.flatMap((name, index, all) =>
          index % 2 === 0 ? [`${name}: ${all[index + 1] ?? ''}`] : [],
        );
        resolve({
          status: answer.statusCode,
          headers: pairs.filter((pair) => !/^date:/i.test(pair)),
          body: Buffer.concat(chunks).toString('latin1'),
        });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });

/** Kind and shape of a fact: how long each value is, and not what it says. */
const shapeOf = (event: RecordedEvent): string => {
  const sizes = Object.entries(event.data).map(
    ([name, value]) => `${name}=${JSON.stringify(value)?.length ?? 0}`,
  );
  return `${kindOf(event)}(${sizes.join(' ')})`;
};

/** A registry, and what is asked of it. */
export class World {
  private constructor(
    readonly registry: RegistryProcess,
    readonly facts: Facts,
    private readonly folder: { readonly path: string; readonly remove: () => void },
  ) {}

  static async make(): Promise<World> {
    const folder = temporaryFolder();
    const registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    return new World(registry, await Facts.open(folder.path), folder);
  }

  async destroy(): Promise<void> {
    await this.registry.stop();
    await this.facts.close();
    this.folder.remove();
  }

  async transcribe(questions: readonly Question[]): Promise<Transcript[]> {
    const transcripts: Transcript[] = [];
    // What consumers still make of what happened before is not what the first question left.
    await this.registry.settled();
    let position = await this.whereItEnds();
    for (const question of questions) {
      const answer = await ask(this.registry.url, question);
      const left = await this.facts.since(position);
      position = left.position;
      // A timer writes the counts of what clients sent, between any two questions: no question left them.
      const events = left.events.filter(({ stream }) => categoryOf(stream) !== 'quality');
      transcripts.push({ question: question.name, ...answer, left: events.map(shapeOf) });
    }
    return transcripts;
  }

  /** The facts of the whole log by kind. */
  async kinds(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const event of await this.facts.all())
      counts.set(kindOf(event), (counts.get(kindOf(event)) ?? 0) + 1);
    return counts;
  }

  private async whereItEnds(): Promise<Position | undefined> {
    return (await this.facts.since(undefined)).position;
  }
}

export const personOf = (family: string, birthDate: string, facility: string): VxuValues => ({
  controlId: `TWIN-${family}`,
  facility,
  mrn: `MRN-${family}`,
  family,
  given: 'Beatrice',
  birthDate,
  orderNumber: `ORD-${family}`,
  administeredOn: '2015-06-01',
  lot: `LOT-${family}`,
});

export const search = async (
  world: World,
  key: string,
  { facility, mrn }: VxuValues,
): Promise<readonly { id: string }[]> => {
  const answer = await decided(() =>
    world.registry.request('POST', '/persons/search', {
      as: key,
      purpose: 'treatment',
      json: { identifier: { authority: facility, value: mrn } },
    }),
  );
  return (answer.json() as { persons: { id: string }[] }).persons;
};

/** Posts the message and resolves with the poster's own id for the person, once it reads. */
export const submitAndRead = async (world: World, key: string, values: VxuValues): Promise<string> => {
  const answer = await world.registry.request('POST', '/hl7', { as: key, hl7: vxu(values) });
  expect(answer.body).toMatch(/\rMSA\|A[AE]\|/);
  const persons = await eventually(
    () => search(world, key, values),
    (found) => found.length === 1,
  );
  return persons[0]?.id ?? '';
};

/** A clinic of its own with an agreement in force. */
export const enrolClinic = (world: World): ReturnType<typeof enrol> =>
  enrol(world.registry, { category: 'provider', purposes: ['treatment'], roles: ['submitter', 'reader'] });
