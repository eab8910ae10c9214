import { Migration } from '@mikro-orm/migrations';

/**
 * For the incident list at a hundred thousand incidents: what people filter by, in the order in which pages show it. They are
 * written when an incident opens, changes hands or changes severity; a further alert of an open incident touches none of them.
 */
export class Migration20261121120000 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create index incidents_assignee on incidents (assignee_id, created_at desc) where assignee_id is not null`,
  `create index incidents_team on incidents (team_id, created_at desc)`,
  `create index incidents_service_severity on incidents (service_id, severity, created_at desc)`,
  `create index incidents_severity on incidents (severity, id)`,
  `create index incidents_severity_created on incidents (severity, created_at desc)`,
  `create index incidents_by_people on incidents (created_at desc) where origin = 'person'`,
  // Word for word what the list orders by, else the planner does not know it again.
  `create index incidents_urgency on incidents
     ((severity || ' ' || lpad((extract(epoch from created_at at time zone 'UTC') * 1000000)::bigint::text, 17, '0')), id)`,
];
