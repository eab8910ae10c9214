// Runs the project's own Node as a child that ends with us: plain JavaScript for any Node from 20 on.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = fileURLToPath(new URL('..', import.meta.url));

/**
 * Never returns to its caller: this process ends as the child ends. With `withSettingsFile`, the project's file .env says what the
 * environment does not.
 */
export function runProject(args, { env = {}, withSettingsFile = false, onExit = (code) => code } = {}) {
  const [file, ...rest] = args;
  const settingsFile = join(projectDir, '.env');
  const flags = withSettingsFile && existsSync(settingsFile) ? [`--env-file=${settingsFile}`] : [];
  const child = spawn(join(projectDir, 'node_modules/node/bin/node'), [...flags, join(projectDir, file), ...rest], {
    // The channel tells the child when we are killed outright.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env, PATH: `${join(projectDir, 'node_modules/node/bin')}:${process.env.PATH ?? ''}` },
  });
  // In a terminal Ctrl-C reaches the child too: wait for its orderly end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  stopWhenNpmIsGone(() => child.kill('SIGTERM'));
  child.once('error', (error) => {
    console.error(`Node could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', async (code, signal) => {
    process.exit(await onExit(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** npm that is killed outright tells nobody: its child (the script is run by "exec", so that is us) gets another parent then. */
function stopWhenNpmIsGone(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    stop();
  }, 500);
  watch.unref();
}
