import { Migration } from '@mikro-orm/migrations';

/** Urgent is first what nobody has acknowledged. And whose the incidents are: of those who were notified, too. */
export class Migration20261128010200 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

// Word for word what the list orders by, else the planner does not know it again.
const urgency = `(case status when 'TRIGGERED' then '0' when 'ACKNOWLEDGED' then '1' else '2' end || ' ' || severity || ' ' ||
  lpad((extract(epoch from created_at at time zone 'UTC') * 1000000)::bigint::text, 17, '0'))`;

const statements = [
  `create index incidents_by_urgency on incidents (${urgency}, id)`,
  `create index incidents_open_by_urgency on incidents (${urgency}, id) where status <> 'RESOLVED'`,
  'drop index incidents_urgency',
  'drop index incidents_open_urgency',
  'create index deliveries_user on deliveries (user_id, incident_id) where user_id is not null',
];
