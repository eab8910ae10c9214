/** The steps between an alert's arrival and a page at which a process can be told to die. */
export const failPoints = [
  'intake-written',
  'intake-committed',
  'relay-signalled',
  'relay-committed',
  'record-committed',
  'send-begun',
  'send-accepted',
  'send-ended',
] as const;
export type FailPoint = (typeof failPoints)[number];

export interface ArmedFailPoint {
  readonly step: FailPoint;
  /** Dies when it comes by for the n-th time. */
  readonly nth: number;
}

let armed: ArmedFailPoint | null = null;
let passed = 0;

/** For trials of what a crash does (IMAS_FAIL_POINT); null in production. */
export function armFailPoint(point: ArmedFailPoint | null): void {
  armed = point;
}

/** Kills this process, as a power cut would, when it is armed for this step. */
export function failPoint(step: FailPoint): void {
  if (armed?.step !== step) return;
  passed += 1;
  if (passed === armed.nth) process.kill(process.pid, 'SIGKILL');
}
