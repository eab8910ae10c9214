import { defineConfig, mergeConfig } from 'vitest/config';
import project from '../../vitest.config.ts';

const recording = mergeConfig(project, defineConfig({ test: { testTimeout: 300_000 } }));
// Instead of the tests, not beside them: merged lists would hold both.
export default { ...recording, test: { ...recording.test, include: ['test/replay/record.histories.ts'] } };
