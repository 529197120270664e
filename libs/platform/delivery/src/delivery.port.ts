/**
 * The delivery port: letters and e-mails to persons, handed to whoever carries them. A message is delivered at most once by whoever calls; an
 * adapter tries once and says what it knows.
 */
export type OutgoingMessage = {
  /** UUID: names the message, never the person. */
  readonly id: string;
  /** Who writes, as the recipient shall read it. */
  readonly from: string;
  readonly subject: string;
  readonly text: string;
} & (
  | { readonly channel: 'letter'; /** Name and address, line by line. */ readonly to: readonly string[] }
  | { readonly channel: 'email'; readonly to: string }
);

export interface Delivery {
  /**
   * Resolves when the message is in the hands of whoever carries it.
   * @throws NotDelivered it certainly is not. Anything else that is thrown leaves open whether it is.
   */
  deliver(message: OutgoingMessage): Promise<void>;
  close(): Promise<void>;
}

export const DELIVERY = Symbol('Delivery');

/** Certainly not delivered, and why. */
export class NotDelivered extends Error {
  readonly code = 'DELIVERY.NOT_DELIVERED';
  constructor(readonly reason: 'unreachable' | 'refused') {
    super('Not delivered');
  }
}
