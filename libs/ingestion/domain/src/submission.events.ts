/** Events of `submission-<id>`: one message of one client, its content sealed under its own key. */
export type SubmissionEvent =
  | { readonly type: 'SubmissionReceived'; readonly data: SubmissionReceivedData }
  /** It came after its person's opt-out. Organization, time and the keyed hash of the control id remain (DOMAIN 3.3). */
  | { readonly type: 'SubmissionSuppressed'; readonly data: { readonly personId: string } }
  | { readonly type: 'ContentDestroyed'; readonly data: Record<string, never> };

export type SubmissionReceivedData = {
  readonly clientId: string;
  readonly organizationId: string;
  readonly kind: 'vxu' | 'vital' | 'entry' | 'roster';
  /** Keyed hash of MSH-10, under the registry's own key. */
  readonly controlIdHash: string;
  readonly sealed: string;
  /** Keyed by the content key, so that it dies with it. */
  readonly digest: string;
};
