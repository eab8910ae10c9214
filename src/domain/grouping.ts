/** Which alerts share an incident: as the service's settings say. */
export type Grouping =
  | { readonly by: 'alert_name' }
  | { readonly by: 'each' }
  | { readonly by: 'all' }
  | { readonly by: 'labels'; readonly labels: readonly string[] };

/** The parts that a grouping key is made of; the caller hashes them. */
export function groupingParts(
  grouping: Grouping,
  alert: {
    readonly serviceId: string;
    readonly fingerprintKey: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  },
): readonly string[] {
  switch (grouping.by) {
    case 'alert_name':
      return [alert.serviceId, 'name', alert.name];
    case 'each':
      return [alert.serviceId, 'each', alert.fingerprintKey];
    case 'all':
      return [alert.serviceId, 'all'];
    case 'labels':
      return [alert.serviceId, 'labels', ...grouping.labels.map((label) => alert.labels[label] ?? '')];
  }
}
