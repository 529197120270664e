import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '@registry/access';
import { KEY_RING, type KeyRing } from '@registry/content-keys';
import { Emits } from '@registry/http';
import type { ReadModel } from '@registry/persistence';
import { CLOCK, type Clock } from '@registry/runtime';
import { personOf, pseudonymOf } from '../audit/pseudonym.js';
import { PRIVACY_READ_MODEL } from '../read-model.js';
import type { AttestedRelationshipRow } from './attested-rows.js';

/** Policy data: days within which a dose or a roster entry should bear an attestation out (DOMAIN 2.3). */
export const ATTESTATION_POLICY = { version: '1', effective: '2026-01-01', days: 30 } as const;

const PAGE = 100;
const MS_PER_DAY = 86_400_000;

export interface UnsupportedAttestation {
  readonly organizationId: string;
  /** What auditors know the person by. */
  readonly pseudonym: string;
  readonly attestedAt: string;
}

@ApiTags('audit')
@Controller('audit/attestations')
@Roles('auditor')
export class AttestationController {
  constructor(
    @Inject(PRIVACY_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(KEY_RING) private readonly keys: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Emits('privacy-history')
  @ApiOperation({
    summary:
      'Attested reads that neither a dose nor a roster entry has borne out in time, oldest first, 100 at most; go on with `after`',
  })
  async unsupported(
    @Query('after') after?: string,
  ): Promise<{ readonly attestations: readonly UnsupportedAttestation[]; readonly next?: string }> {
    const before = new Date(this.clock.now().getTime() - ATTESTATION_POLICY.days * MS_PER_DAY).toISOString();
    const [at = '', id = ''] = typeof after === 'string' ? after.split('~') : [];
    const rows = await this.readModel.select<Omit<AttestedRelationshipRow, 'borneOut' | 'revision'>>(
      `SELECT id, organization_id AS "organizationId", person_id AS "personId", attested_at AS "attestedAt"
         FROM attested_relationship
        WHERE NOT borne_out AND attested_at < ? AND (attested_at > ? OR (attested_at = ? AND id > ?))
        ORDER BY attested_at, id LIMIT ${PAGE}`,
      [before, at, at, id === '' ? '' : this.idOf(id)],
    );
    const last = rows.at(-1);
    return {
      attestations: rows.map(({ organizationId, personId, attestedAt }) => ({
        organizationId,
        pseudonym: pseudonymOf(this.keys, personId),
        attestedAt,
      })),
      ...(rows.length === PAGE && last !== undefined
        ? { next: `${last.attestedAt}~${last.organizationId}.${pseudonymOf(this.keys, last.personId)}` }
        : {}),
    };
  }

  /** The place in the list: by pseudonym, because person ids do not leave. */
  private idOf(place: string): string {
    const [organizationId = '', pseudonym = ''] = place.split('.');
    return `${organizationId}|${personOf(this.keys, pseudonym) ?? ''}`;
  }
}
