import { type status } from '@grpc/grpc-js';

export type FaultyCall = 'append' | 'read' | 'subscribe';

/** What goes wrong with one call. */
export type Fault =
  /** Refused with a gRPC code, nothing done. */
  | { readonly kind: 'error'; readonly code: status; readonly details?: string }
  /** Never answered; an append is made all the same if `commit`. */
  | { readonly kind: 'silence'; readonly commit?: boolean }
  /** Every connection of the server breaks; an append is made first if `commit`. */
  | { readonly kind: 'disconnect'; readonly commit?: boolean }
  /** A pause before each answer, in milliseconds. */
  | { readonly kind: 'slow'; readonly milliseconds: number };

/** Faults that wait for the calls they are meant for, first in first out. */
export class Faults {
  private readonly waiting: { readonly call: FaultyCall; readonly fault: Fault }[] = [];

  add(call: FaultyCall, fault: Fault, times: number): void {
    for (let count = 0; count < times; count += 1) this.waiting.push({ call, fault });
  }

  take(call: FaultyCall): Fault | undefined {
    const index = this.waiting.findIndex((each) => each.call === call);
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0]?.fault;
  }

  clear(): void {
    this.waiting.length = 0;
  }
}
