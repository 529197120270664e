import { accessStreams } from '@registry/contracts';
import type { Organization } from '@registry/directory-domain';
import type { ReadModel } from '@registry/persistence';
import type { AccessRepository } from '../access/access.repository.js';

/** A community health board. */
export interface Board {
  readonly organizationId: string;
  readonly category: string;
  readonly isActive: boolean;
  /** FIPS codes of its counties. */
  readonly counties: ReadonlySet<string>;
}

/** Which community health boards there are: as the tables list them, with the jurisdictions that their heads say. */
export class Boards {
  private known: { readonly listed: string; readonly boards: readonly Board[] } | undefined;

  constructor(
    private readonly repository: AccessRepository,
    private readonly readModel: ReadModel,
  ) {}

  /** One query; the heads are read again only where one of them has changed. */
  async all(): Promise<readonly Board[]> {
    const rows = await this.readModel.select<{ organizationId: string; revision: number }>(
      `SELECT organization_id AS "organizationId", revision FROM organization
        WHERE category = 'community-health-board' ORDER BY organization_id`,
    );
    if (rows.length === 0) return [];
    const listed = JSON.stringify(rows);
    if (this.known?.listed !== listed) this.known = { listed, boards: await this.read(rows) };
    return this.known.boards;
  }

  private async read(rows: readonly { readonly organizationId: string }[]): Promise<readonly Board[]> {
    const streams = rows.map(({ organizationId }) => accessStreams.organization(organizationId));
    return (await this.repository.statesOf<Organization>(streams)).flatMap((state) => {
      if (state === undefined) return [];
      const { organizationId, category, status, jurisdiction = [] } = state;
      return [{ organizationId, category, isActive: status === 'active', counties: new Set(jurisdiction) }];
    });
  }
}
