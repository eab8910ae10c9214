// Makes a fresh clone ready to run: packages and pages. Plain JavaScript without dependencies, for any Node from 20 on.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectDir } from './run-project.mjs';

const cacheDir = join(projectDir, '.cache');
const ownNode = join(projectDir, 'node_modules/node/bin/node');

/** @throws Error with one line that says what to do */
export async function prepare() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Error(`IMAS needs Node 20 or newer to start (this is ${process.versions.node}); it brings the Node that it runs on.`);
  }
  await withLock(async () => {
    if (!packagesAreCurrent()) await step('Installing packages', ...npm('ci', '--no-audit', '--no-fund'));
    const stamp = uiStamp();
    const stampFile = join(cacheDir, 'ui-stamp');
    if (stamp !== null && (!existsSync(join(projectDir, 'dist/ui/index.html')) || readText(stampFile) !== stamp)) {
      await step('Building the pages', ownNode, [join(projectDir, 'node_modules/vite/bin/vite.js'), 'build', 'ui']);
      writeFileSync(stampFile, stamp);
    }
  });
}

/** npm writes node_modules/.package-lock.json when an install is complete: the lock file says what should be in it. */
function packagesAreCurrent() {
  if (!existsSync(ownNode)) return false;
  const wanted = readJson(join(projectDir, 'package-lock.json'))?.packages;
  const installed = readJson(join(projectDir, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted || !installed) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = installed[path];
    if (there === undefined ? !entry.optional : there.version !== entry.version || there.integrity !== entry.integrity) return false;
  }
  return Object.keys(installed).every((path) => path in wanted);
}

/** Null while there are no pages to build; else a digest of everything that they are built from. */
function uiStamp() {
  const ui = join(projectDir, 'ui');
  if (!existsSync(join(ui, 'index.html'))) return null;
  const hash = createHash('sha256');
  // The pages import words and types of the server, which are built in.
  for (const file of [
    join(projectDir, 'package-lock.json'),
    ...filesIn(ui),
    ...filesIn(join(projectDir, 'src/texts')),
    ...filesIn(join(projectDir, 'src/domain')),
  ])
    hash.update(file.slice(projectDir.length)).update(readFileSync(file));
  return hash.digest('hex');
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** npm runs scripts with its own path in the environment; without it, the one on the PATH. */
function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/** Runs a program quietly with a line that tells how long it takes; its output is shown only when it fails. */
async function step(title, command, args) {
  const startedAt = Date.now();
  const terminal = process.stderr.isTTY;
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  process.stderr.write(terminal ? `${title} …` : `${title}\n`);
  const clock = terminal ? setInterval(() => process.stderr.write(`\r${title} … ${seconds()} s`), 1000) : undefined;
  const output = [];
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: projectDir, stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.once('error', (error) => {
      output.push(Buffer.from(error.code === 'ENOENT' ? `"${command}" is not on the PATH` : error.message));
      resolve(1);
    });
    child.once('close', resolve);
  });
  clearInterval(clock);
  process.stderr.write(terminal ? `\r${title}: ${code === 0 ? 'done' : 'failed'} in ${seconds()} s\n` : '');
  if (code === 0) return;
  const said = Buffer.concat(output).toString();
  process.stderr.write(`${said.split('\n').slice(-30).join('\n')}\n`);
  throw new Error(/ENOSPC/.test(said) ? `${title} failed: the disk is full.` : `${title} failed: see above.`);
}

/** Two starts of a fresh clone at the same time take turns. */
async function withLock(work) {
  mkdirSync(cacheDir, { recursive: true });
  const file = join(cacheDir, 'preparing.pid');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isStale(file)) rmSync(file, { force: true });
      else await delay(200);
    }
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function isStale(file) {
  const pid = Number(readText(file));
  if (pid > 0) {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return error.code === 'ESRCH';
    }
  }
  // Not yet written, or cut short.
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 5_000;
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
