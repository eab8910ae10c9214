// Adds to package-lock.json what npm leaves out when the registry it asked had not (yet) every platform's build of a
// package: without these entries "npm ci" refuses the lock file. Run it when test/runtime/lock-file.test.ts says so.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];

/** Optional dependencies that have no entry: `{ name, version, dev }`. */
export function missingOptionals(packages) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(path === '' ? {} : (entry.optionalDependencies ?? {}))
      .filter(([name]) => !isKnown(packages, path, name))
      .map(([name, version]) => ({ name, version, dev: entry.dev === true })),
  );
}

/** As Node looks for it: below the package, then below each one that it lies in. */
function isKnown(packages, from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === '') return false;
  }
}

/** A build's name says what it is for: `@swc/core-linux-x64-musl`. */
function entryOf({ name, version, dev }) {
  const words = name.split('/').at(-1).split('-');
  const at = words.findIndex((word) => systems.includes(word));
  const [os, cpu, abi] = words.slice(at);
  if (at < 0 || cpu === undefined) throw new Error(`What is ${name} for?`);
  const libc = os !== 'linux' || cpu === 'arm' ? null : abi?.startsWith('musl') ? 'musl' : 'glibc';
  return { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc: [libc] }), optional: true, os: [os] };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionals(lock.packages);
  for (const one of missing) lock.packages[`node_modules/${one.name}`] = entryOf(one);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} added`);
}
