/**
 * Any number that no other advisory lock of the database has. Whoever correlates alerts holds it until the commit: two
 * processes never see half of each other's work. Whoever reopens an incident takes it too.
 */
export const correlationLock = 4_970_201;

/** One process at a time looks for closed runs to archive. */
export const archiverLock = 4_970_301;
/** Held while a run is added to the archive's chain. */
export const archiveChainLock = 4_970_302;

/** One process at a time audits. */
export const auditorLock = 4_970_303;

/** One process at a time deletes what need not be kept any longer. */
export const retentionLock = 4_970_304;

/** One process at a time holds the sockets to vendors of chats. */
export const listenerLock = 4_970_305;

/** One process at a time keeps user groups and posts hand-overs. */
export const handoverLock = 4_970_306;

/** One process at a time reads the mailbox that answers arrive in. */
export const mailboxLock = 4_970_307;

/** Changes of configuration, one after another: what one has checked still stands when it is written. */
export const configurationLock = 4_970_309;
