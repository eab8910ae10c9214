import { z } from 'zod';
import { optionalText } from '../inbound/payload-fields.ts';

export const Project = z.union([optionalText, z.object({ slug: optionalText, name: optionalText })], {
  error: 'must be a text or an object',
});
const message = { error: 'must be an object' };

export const Issue = z.object(
  {
    id: optionalText,
    shortId: optionalText,
    title: optionalText,
    culprit: optionalText,
    level: optionalText,
    platform: optionalText,
    project: Project.optional(),
    web_url: optionalText,
    permalink: optionalText,
    activity: z.unknown().optional(),
  },
  message,
);
export const Event = z.object(
  {
    issue_id: optionalText,
    event_id: optionalText,
    title: optionalText,
    culprit: optionalText,
    level: optionalText,
    platform: optionalText,
    environment: optionalText,
    url: optionalText,
    web_url: optionalText,
    tags: z.unknown().optional(),
  },
  message,
);
export const MetricAlert = z.object(
  {
    id: optionalText,
    title: optionalText,
    date_started: z.unknown().optional(),
    date_closed: z.unknown().optional(),
    projects: z.array(optionalText, { error: 'must be an array' }).nullish(),
    alert_rule: z.object({ name: optionalText, environment: optionalText }, message).nullish(),
  },
  message,
);
export const Body = z.object({
  action: optionalText,
  data: z.object({
    issue: Issue.optional(),
    event: Event.optional(),
    error: Event.optional(),
    metric_alert: MetricAlert.optional(),
    activity: z.unknown().optional(),
    triggered_rule: optionalText,
    description_title: optionalText,
    description_text: optionalText,
    web_url: optionalText,
  }),
});
export type Data = z.infer<typeof Body>['data'];

/** The webhook of before the integration platform, which many run still: https://docs.sentry.io/organization/integrations/webhooks/ */
export const LegacyBody = z.object({
  action: optionalText,
  id: optionalText,
  project_slug: optionalText,
  culprit: optionalText,
  level: optionalText,
  message: optionalText,
  url: optionalText,
  event: Event.optional(),
});
