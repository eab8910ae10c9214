import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Temporal's core is a native module that worker threads do not share well.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Whole installations, browsers and killed processes share a small machine: one that was starved may try again, and is shown.
    retry: 1,
    teardownTimeout: 20_000,
  },
});
