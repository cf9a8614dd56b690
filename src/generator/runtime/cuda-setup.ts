/** Installs, checks and removes onnxruntime's CUDA provider beside the installed onnxruntime-node. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { GeneratorError } from '../errors.js';
import { CUDA_PACKAGE, type CudaPackage } from './cuda-package.js';
import {
  CUDA_FILES,
  CUDA_PLATFORM,
  findRuntime,
  RUNTIME_LIBRARY,
  type RuntimePackage,
  runtimeMissing,
  SETUP_COMMAND,
} from './providers.js';

const execute = promisify(execFile);

export interface CudaSetupOptions {
  /** The onnxruntime-node to work on; default: the installed one. */
  runtime?: RuntimePackage;
  pack?: CudaPackage;
  /** Puts the package's file into `folder` and returns its path; default: `npm pack` with the user's configuration. */
  fetch?: (pack: CudaPackage, folder: string, signal?: AbortSignal) => Promise<string>;
  signal?: AbortSignal;
}

/** One of the provider's files: as this package installs it, absent, or of another origin (or damaged). */
export type FileState = 'installed' | 'missing' | 'other';

const PARTIAL = '.setup-cuda-';

const mismatch = (what: string, name: string, value: string, more = '') =>
  new GeneratorError('ERR_CUDA', `Expected ${what} for ${name} but received ${value}${more}`);

/** Runs a program; what it fails with is the beginning of what it says of it. */
async function run(program: string, args: string[], task: string, signal?: AbortSignal): Promise<void> {
  try {
    await execute(program, args, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const { stderr = '', message, code } = error as Error & { stderr?: string; code?: unknown };
    const said = code === 'ENOENT' ? `there is no ${program}` : stderr.trim() || message;
    throw new GeneratorError('ERR_CUDA', `${task} failed: ${said.split('\n').slice(0, 4).join('; ')}`, {
      cause: error,
    });
  }
}

/** `npm pack` writes the package's file as the registry has it and runs none of its scripts. */
export async function npmPack(pack: CudaPackage, folder: string, signal?: AbortSignal): Promise<string> {
  const spec = `${pack.name}@${pack.version}`;
  const args = ['pack', spec, '--pack-destination', folder, '--loglevel', 'error'];
  await run('npm', args, `npm pack ${spec}`, signal);
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (!file) throw mismatch('one .tgz file', `what npm pack ${spec} writes`, 'none');
  return join(folder, file);
}

/** The commit a library of onnxruntime was built from; undefined if it does not say. */
export async function commitOf(library: string): Promise<string | undefined> {
  const bytes = await readFile(library);
  const mark = 'git-commit-id=';
  const at = bytes.indexOf(mark);
  return at < 0
    ? undefined
    : bytes.toString('latin1', at + mark.length, at + mark.length + 40).match(/^[0-9a-f]+/)?.[0];
}

/** The onnxruntime that the provider's files would fit; throws what is wrong with the installed one. */
async function fittingRuntime({
  runtime = findRuntime(),
  pack = CUDA_PACKAGE,
}: CudaSetupOptions): Promise<RuntimePackage> {
  if (!runtime) throw runtimeMissing('it is not installed');
  if (runtime.platform !== CUDA_PLATFORM)
    throw mismatch(CUDA_PLATFORM, 'the platform of the CUDA provider', runtime.platform);
  const only = ': provider and runtime must be of one build';
  if (runtime.version !== pack.runtimeVersion)
    throw mismatch(pack.runtimeVersion, 'the version of onnxruntime-node', runtime.version, only);
  const library = join(runtime.libraries, RUNTIME_LIBRARY);
  const commit = (await commitOf(library)) ?? 'none';
  if (commit !== pack.commit) throw mismatch(pack.commit, `the commit that built ${library}`, commit, only);
  return runtime;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ size }) => size,
    () => undefined,
  );

async function stateOf(
  file: string,
  { size, sha256: hash }: CudaPackage['files'][string],
): Promise<FileState> {
  const found = await sizeOf(file);
  if (found === undefined) return 'missing';
  return found === size && (await sha256(file)) === hash ? 'installed' : 'other';
}

/** What lies beside onnxruntime's own library of the provider's files. */
export async function cudaFiles(
  libraries: string,
  pack: CudaPackage = CUDA_PACKAGE,
): Promise<Record<string, FileState>> {
  const states: Record<string, FileState> = {};
  for (const [name, expected] of Object.entries(pack.files))
    states[name] = await stateOf(join(libraries, name), expected);
  return states;
}

async function verify(folder: string, pack: CudaPackage): Promise<void> {
  for (const [name, { size, sha256: hash }] of Object.entries(pack.files)) {
    const file = join(folder, name);
    const found = await sizeOf(file);
    if (found !== size) throw mismatch(`${size} bytes`, `the size of ${name}`, String(found ?? 'no file'));
    const actual = await sha256(file);
    if (actual !== hash) throw mismatch(hash, `the SHA-256 of ${name}`, actual);
  }
}

/** Removes what an ended installation has left. */
async function removePartial(libraries: string): Promise<void> {
  for (const name of await readdir(libraries).catch(() => []))
    if (name.startsWith(PARTIAL)) await rm(join(libraries, name), { recursive: true, force: true });
}

/**
 * Puts the two files of the CUDA provider beside onnxruntime's own library, where it looks for them. The files are unpacked
 * in a folder beside their place and moved there only once they are known to be right.
 * @throws GeneratorError ERR_RUNTIME_MISSING, ERR_CUDA: nothing has changed then; the signal's reason
 */
export async function installCuda(
  options: CudaSetupOptions = {},
): Promise<'installed' | 'already installed'> {
  const { pack = CUDA_PACKAGE, fetch = npmPack, signal } = options;
  const { libraries } = await fittingRuntime(options);
  const states = await cudaFiles(libraries, pack);
  if (Object.values(states).every((state) => state === 'installed')) return 'already installed';
  for (const [name, state] of Object.entries(states))
    if (state === 'other')
      throw mismatch(
        `no file or that of ${pack.name}@${pack.version}`,
        join(libraries, name),
        'another one',
        `: ${SETUP_COMMAND} --remove removes it`,
      );
  await removePartial(libraries);
  const folder = await mkdtemp(join(libraries, PARTIAL));
  try {
    const tarball = await fetch(pack, folder, signal);
    const names = Object.keys(pack.files);
    const members = names.map((name) => `${pack.folder}/${name}`);
    const depth = String(pack.folder.split('/').length);
    const flags = ['-xzf', tarball, '--no-same-owner', '-C', folder, '--strip-components', depth];
    await run('tar', [...flags, ...members], `unpacking the file of ${pack.name}@${pack.version}`, signal);
    await verify(folder, pack);
    signal?.throwIfAborted();
    for (const name of names) await rename(join(folder, name), join(libraries, name));
    return 'installed';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the provider's files, whoever put them there. Returns the names of those that were there. */
export async function removeCuda({ runtime = findRuntime() }: CudaSetupOptions = {}): Promise<string[]> {
  if (!runtime) throw runtimeMissing('it is not installed');
  const removed: string[] = CUDA_FILES.filter((name) => existsSync(join(runtime.libraries, name)));
  for (const name of removed) await rm(join(runtime.libraries, name));
  await removePartial(runtime.libraries);
  return removed;
}
