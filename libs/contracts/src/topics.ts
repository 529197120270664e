import type { TSchema } from '@sinclair/typebox';
import {
  AgreementChanged,
  ClientChanged,
  OrganizationChanged,
  RelationshipChanged,
  SiteChanged,
  UserChanged,
} from './directory.events.js';
import {
  AssignmentDecided,
  KeepApartDecided,
  MergeDecided,
  PersonKeptApart,
  PersonRegistered,
  PersonsMerged,
  PersonsUnmerged,
  RequestAmbiguous,
  RequestResolved,
  RequestWatched,
  ReviewProgressed,
  RosterEntryMatched,
  SubmissionAssigned,
  SubmissionLinked,
  SubmissionUnmatched,
  UnmergeOrdered,
  UnmergeRefused,
} from './identity.events.js';
import {
  AttestationMade,
  SubscribedRecordChanged,
  SubscriptionChanged,
  SubscriptionReconciled,
} from './query.events.js';
import { ContentDestroyed, SubmissionReceived, SubmissionSuppressed } from './ingestion.events.js';
import {
  PersonFollows,
  PersonNoticeOwed,
  PrivacyRequestApproved,
  PrivacyRequestProgressed,
  PrivacySettingChanged,
  TaskChanged,
  RegistryStatusSignalled,
} from './privacy.events.js';
import { CampaignAccepted, ParticipationNoticeGiven } from './reminders.events.js';

/** Every topic with the schemas of its events by type. Consumers may not read what is not here. */
export const TOPICS = {
  'ingestion.submissions.v1': { SubmissionReceived, SubmissionSuppressed, ContentDestroyed },
  'identity.decisions.v1': {
    PersonRegistered,
    SubmissionLinked,
    SubmissionUnmatched,
    RosterEntryMatched,
    RequestResolved,
    RequestAmbiguous,
    RequestWatched,
    PersonsMerged,
    PersonsUnmerged,
    SubmissionAssigned,
    PersonKeptApart,
    UnmergeRefused,
  },
  'identity.reviews.v1': {
    MergeDecided,
    KeepApartDecided,
    AssignmentDecided,
    UnmergeOrdered,
    ReviewProgressed,
  },
  'privacy.settings.v1': { PrivacySettingChanged, PersonFollows },
  'privacy.notices.v1': { PersonNoticeOwed },
  'privacy.tasks.v1': { TaskChanged },
  'privacy.signals.v1': { RegistryStatusSignalled },
  'privacy.requests.v1': { PrivacyRequestApproved, PrivacyRequestProgressed },
  'query.attestations.v1': { AttestationMade },
  'query.subscriptions.v1': { SubscriptionChanged, SubscribedRecordChanged, SubscriptionReconciled },
  'directory.access.v1': {
    OrganizationChanged,
    SiteChanged,
    AgreementChanged,
    ClientChanged,
    UserChanged,
  },
  'directory.relationships.v1': { RelationshipChanged },
  'reminders.campaigns.v1': { CampaignAccepted },
  'reminders.participation.v1': { ParticipationNoticeGiven },
} as const satisfies Record<string, Record<string, TSchema>>;

export type TopicName = keyof typeof TOPICS;
