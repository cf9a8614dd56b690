import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** The page's script, each file after those it imports. */
const CLIENT_FILES = [
  'codec',
  'body',
  'camera',
  'stage',
  'three',
  'stage-canvas',
  'stage-webgl',
  'create-stage',
  'page-style',
  'turning',
  'playback',
  'timeline',
  'charts',
  'viewer',
  'compare',
  'main',
] as const;

/**
 * One module out of the compiled files of `client/`: imports between them go, exports become plain declarations. Names are
 * unique over all files; a second declaration of one would be a syntax error in the page.
 */
export function linkClient(read: (name: string) => string): string {
  const sources = CLIENT_FILES.map((name) => read(name));
  sources.forEach((source, i) => {
    for (const [, wanted] of source.matchAll(/^import [^;]*? from '\.\/([\w-]+)\.js';$/gm))
      if (!(CLIENT_FILES.slice(0, i) as readonly string[]).includes(wanted))
        throw new Error(
          `Expected ${wanted} before ${CLIENT_FILES[i]} in the list of client files but received none`,
        );
  });
  const linked = sources
    .map((source) =>
      source
        .replace(/^import [^;]*? from '\.\/[\w-]+\.js';\n/gm, '')
        .replace(/^export \{\};\n/gm, '')
        .replace(/^export (?=(async |const |function |class ))/gm, '')
        .replace(/^\/\/# sourceMappingURL=.*$/gm, ''),
    )
    .join('');
  const left = linked.match(/^(import|export) .*$/m);
  if (left) throw new Error(`Expected client files that import only each other but received "${left[0]}"`);
  if (/<\/script/i.test(linked))
    throw new Error('Expected client files without "</script" but received one with it');
  return linked;
}

let client: string | undefined;

/** The script of both pages, as text for `<script type="module">`. */
export function clientScript(): string {
  client ??= linkClient((name) => readFileSync(new URL(`./client/${name}.js`, import.meta.url), 'utf8'));
  return client;
}

/**
 * Removes doc comments, more than half of the core file, except the one with the licence. A comment that starts a line is
 * never inside a string; inside the shader texts it is a comment too.
 */
const withoutDocs = (source: string): string =>
  source.replace(/^[ \t]*\/\*\*(?!\s*\*\s*@license)[\s\S]*?\*\/[ \t]*\n/gm, '');

const pack = (source: string): string => gzipSync(withoutDocs(source), { level: 9 }).toString('base64');

let three: { core: string; module: string } | undefined;

/** three.js's two files, each as a gzip in base64. The installed package is read, once. */
export function threeSources(): { core: string; module: string } {
  if (!three) {
    const module = new URL(import.meta.resolve('three'));
    const core = new URL('./three.core.js', module);
    three = { core: pack(readFileSync(core, 'utf8')), module: pack(readFileSync(module, 'utf8')) };
  }
  return three;
}
