import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which submissions make up a person. No person data: stays when the person opts out. */
@Entity('linked_submission')
export class LinkedSubmissionRow {
  @PrimaryColumn('text', { name: 'submission_id' })
  submissionId: string;

  /** Empty: an un-merge left it to nobody. */
  @Column('text', { name: 'person_id' })
  personId: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'received_at' })
  receivedAt: string;

  /** Revision of the link in `identity-decisions`. */
  @Column('integer')
  arrival: number;

  /** It came after an opt-out: its content is destroyed. */
  @Column('boolean')
  suppressed: boolean;
}

/** The opened content of a linked submission. In clear, so it is deleted when the person opts out. */
@Entity('record_source')
export class RecordSourceRow {
  @PrimaryColumn('text', { name: 'submission_id' })
  submissionId: string;

  @Column('text', { name: 'person_id' })
  personId: string;

  /** JSON of a `RecordSource` of the query domain. */
  @Column('text')
  content: string;
}

/** The consolidated record. In clear. */
@Entity('person_record')
export class PersonRecordRow {
  @PrimaryColumn('text', { name: 'person_id' })
  personId: string;

  /** JSON of a `ConsolidatedRecord`. */
  @Column('text')
  record: string;
}

/** How a person can be found. In clear. */
@Entity('person_search_key')
export class PersonSearchKeyRow {
  @PrimaryColumn('text', { name: 'person_id' })
  personId: string;

  /** `id|<authority>|<value>` or `name|<birth date>|<family>|<given>`. */
  @PrimaryColumn('text', { name: 'search_key' })
  searchKey: string;
}

/** The last known setting: narrows candidates, never permits. */
@Entity('person_setting')
export class PersonSettingRow {
  @PrimaryColumn('text', { name: 'person_id' })
  personId: string;

  @Column('integer', { name: 'setting_revision' })
  settingRevision: number;

  /** May anybody see it, as far as the setting goes? */
  @Column('boolean')
  hidden: boolean;

  /** The one organization that may, of a locked record; empty if it is not locked. */
  @Column('text', { name: 'only_holder' })
  onlyHolder: string;
}

/** An organization's own id for a person. */
@Entity('registry_id')
export class RegistryIdRow {
  /** `<organization id>|<registry id>`. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'person_id' })
  personId: string;

  /** JSON of the relationship's evidence: it narrows, and never permits. Empty: not known, from before it was kept. */
  @Column('text')
  evidence: string;
}

/** A person that was merged into another. Its links stay its own, so that parting the two is exact. */
@Entity('person_part')
export class PersonPartRow {
  @PrimaryColumn('text', { name: 'part_id' })
  partId: string;

  @Column('text', { name: 'merge_id' })
  mergeId: string;

  /** Whom it was merged into. */
  @Column('text', { name: 'survivor_id' })
  survivorId: string;

  /** The survivor of all merges: whose record it is part of. */
  @Column('text', { name: 'root_id' })
  rootId: string;
}

/** How new the links are that a person's record reflects, where that matters: it was parted from another. Stays when the person opts out. */
@Entity('person_links')
export class PersonLinksRow {
  @PrimaryColumn('text', { name: 'person_id' })
  personId: string;

  /** Revision of `identity-decisions`. */
  @Column('integer')
  revision: number;
}

export const RECORD_ENTITIES = [
  LinkedSubmissionRow,
  RecordSourceRow,
  PersonRecordRow,
  PersonSearchKeyRow,
  PersonSettingRow,
  RegistryIdRow,
  PersonPartRow,
  PersonLinksRow,
] as const;
