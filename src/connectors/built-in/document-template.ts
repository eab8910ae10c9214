/** What every incident document has; the sections at the end are people's to write. */
export const documentTemplate = `# Incident Report - {{INCIDENT_ID}}

## Summary

| | |
|---|---|
| Title | {{TITLE}} |
| Severity | {{SEVERITY}} |
| Service | {{SERVICE}} |
| Status | {{STATUS}} |

## Timeline

{{TIMELINE}}

## Impact

{{IMPACT_SCOPES}}

## Root cause

_To be completed_

## Corrective actions

_To be completed_

## Lessons learned

_To be completed_
`;
