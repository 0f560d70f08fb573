// Prepares a checkout before `npm start` and `npm test`. Uses nothing but the machine's own Node (20.19 or newer):
// installs the dependencies when the lockfile changed, builds the console when its sources changed, and is silent otherwise.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const INSTALL_STAMP = join(root, 'node_modules', '.clearbay-install');
const BUILD_STAMP = join(root, 'console', 'web', 'dist', '.clearbay-build');
const CONSOLE_SOURCES = ['console/web', 'ingest/contract', 'ingest/domain', 'package-lock.json'];

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`ClearBay needs Node 20.19 or newer to install itself; this is Node ${process.versions.node}.`);
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function filesOf(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .filter((name) => name !== 'node_modules' && name !== 'dist')
    .flatMap((name) => filesOf(`${path}/${name}`));
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesOf).sort()) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

function run(command, args, failure) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) fail(`${failure}${error ? `: ${error.message}` : '.'}`);
}

function npm(args, failure) {
  const cli = process.env.npm_execpath;
  if (cli) run(process.execPath, [cli, ...args], failure);
  else run('npm', args, failure);
}

function stamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

function install() {
  const wanted = digest(['package.json', 'package-lock.json']);
  if (read(INSTALL_STAMP) === wanted) return;
  console.log('Installing the dependencies from the lockfile; this is done once and takes about a minute.');
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'The dependencies could not be installed');
  stamp(INSTALL_STAMP, wanted);
}

function buildConsole() {
  const wanted = digest(CONSOLE_SOURCES);
  if (read(BUILD_STAMP) === wanted) return;
  console.log('Building the console.');
  npm(['run', '--silent', 'build'], 'The console could not be built');
  stamp(BUILD_STAMP, wanted);
}

requireNode();
install();
if (process.argv.includes('--console')) buildConsole();
