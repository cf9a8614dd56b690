import { clientScript, threeSources } from './bundle.js';
import type { PackedPrompts } from './client/compare.js';
import { embedJson, html, Markup } from './html.js';
import { packMotion } from './pack.js';
import { STYLE } from './style.js';
import type { ViewerMotion } from './types.js';

/**
 * Nothing may be fetched: the page's own script and style, and modules made in memory, are all that runs. A caption that got
 * through as markup could load nothing either.
 */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A whole page that needs nothing but itself. `colourOf` gives the colour number of a motion's group. */
export function page(
  title: string,
  body: Markup,
  motions: readonly ViewerMotion[],
  colourOf: (group: string) => number,
  prompts?: PackedPrompts,
): string {
  const packed = motions.map((motion, i) => packMotion(motion, i, colourOf(motion.group)));
  const compared = prompts && prompts.clips.length > 0 ? prompts : undefined;
  const drawn = motions.length > 0 || compared !== undefined;
  const viewer = drawn
    ? html`${motions.length > 0 && html`<script type="application/json" id="motions">${embedJson(packed)}</script>`}
${compared && html`<script type="application/json" id="prompts">${embedJson(compared)}</script>`}
<script type="text/plain" id="three-core">${threeSources().core}</script>
<script type="text/plain" id="three-module">${threeSources().module}</script>`
    : '';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
${body}
<footer>${drawn ? html`<p>Drawn with three.js, © 2010–2026 three.js authors, MIT licence (the notice is in the embedded source).</p>` : ''}<p>Made by selfcorrect. This file is complete in itself: it loads nothing from anywhere.</p></footer>
</main>
${viewer}
<script type="module">${new Markup(clientScript())}</script>
</body>
</html>
`.text;
}
