import { Inject, Injectable } from '@nestjs/common';
import { CONTENT_KEYS, open, type ContentKeys } from '@registry/content-keys';
import { privacyRequestStream, RequestForm, validatorOf } from '@registry/contracts';
import { EVENT_STORE, type EventStore } from '@registry/event-store';

const readForm = validatorOf('RequestForm', RequestForm);

/** Opens the sealed forms of requests, in memory. */
@Injectable()
export class SealedForms {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
  ) {}

  /** Undefined: there is no such request, or its form was destroyed. @throws ContractViolation @throws SealBroken */
  async open(requestId: string): Promise<RequestForm | undefined> {
    const keyId = privacyRequestStream(requestId);
    const [submitted] = await this.store.read(keyId, { limit: 1 });
    const sealed = submitted?.data['sealedForm'];
    const key = (await this.contentKeys.getMany([keyId])).get(keyId);
    if (key === undefined || typeof sealed !== 'string') return undefined;
    return readForm(JSON.parse(open(key, keyId, sealed).toString('utf8')));
  }
}
