import { ARM_COLOURS, ARM_DARK, ARM_LIGHT, HUES, NO_ARM_COLOURS } from './colours.js';

/** Stages of a generation, for bars: no arm's colours. */
const STAGE_LIGHT = ['#c9ced4', '#8fb3d9', '#d8b26a', '#5aa897', '#5b6f8c', '#b58fb0', '#9aa3ad'];
const STAGE_DARK = ['#59626c', '#6f97c2', '#c19a52', '#4c9a88', '#8598b5', '#a37f9e', '#7b8691'];

const list = (name: string, colours: readonly string[]): string =>
  colours.map((colour, i) => `--${name}${i}:${colour}`).join(';');

/** All colour numbers: every hue solid, again dashed, and what belongs to no arm. */
const numbered = (hues: readonly string[], none: string): string[] => [...hues, ...hues, none];

const armClasses = Array.from({ length: ARM_COLOURS + 1 }, (_, i) => {
  const dashes = i >= HUES && i < ARM_COLOURS ? `.c${i} .line:not(.dashed){stroke-dasharray:8 3}` : '';
  return `.c${i}{--c:var(--c${i})}.hide-${i} .arm.c${i}{display:none}${dashes}`;
}).join('\n');
const stageClasses = STAGE_LIGHT.map((_, i) => `.stage.s${i}{--s:var(--s${i})}`).join('\n');

/** The style sheet of both pages. */
export const STYLE = `
:root{color-scheme:light dark;
--page:#f6f6f3;--panel:#ffffff;--ink:#1c2126;--soft:#56606a;--rule:#dcdfe2;--grid:#ebedef;--floor:#56606a;
--stage:#eef0f2;--stage-grid:#c3cad1;--contact:#2b9348;--before:#c8324a;--good:#00796b;--bad:#b3261e;--focus:#1769d2;
${list('c', numbered(ARM_LIGHT, NO_ARM_COLOURS[0]))};${list('s', STAGE_LIGHT)}}
@media (prefers-color-scheme:dark){:root{
--page:#121518;--panel:#1a1e23;--ink:#e6e9ec;--soft:#9ca7b1;--rule:#343b43;--grid:#272d34;--floor:#9ca7b1;
--stage:#20262c;--stage-grid:#3d4751;--contact:#4cc26d;--before:#ff6b7d;--good:#4dd0b5;--bad:#ff8a80;--focus:#7ab4ff;
${list('c', numbered(ARM_DARK, NO_ARM_COLOURS[1]))};${list('s', STAGE_DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1180px;margin:0 auto;padding:40px 20px 60px}
h1{font-size:clamp(1.5rem,1.2rem + 1.6vw,2.2rem);line-height:1.2;margin:0 0 .5em;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1.28rem;margin:2.4em 0 .35em;letter-spacing:-.01em}
h3{font-size:1rem;margin:1.4em 0 .4em}
p{margin:.4em 0 .8em;max-width:74ch}
.lead{font-size:1.06rem}
.soft,figure p,small{color:var(--soft)}
.remark{border-left:3px solid var(--c2);padding:.3em .8em;background:var(--panel)}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,monospace}
ul.arm-list{list-style:none;padding:0;margin:.2em 0 1em}
.arm-list li{padding:1px 0}
a{color:var(--focus)}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
${armClasses}
${stageClasses}
.arms{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:4px 8px;align-items:center;padding:8px 0;background:var(--page)}
.arms button,.arms .key{display:inline-flex;align-items:center;gap:7px;font:inherit;font-size:.9rem;color:inherit;background:var(--panel);border:1px solid var(--rule);border-radius:999px;padding:3px 12px 3px 9px}
.arms .key{border-color:transparent;background:none}
.arms button{cursor:pointer}
.arms button[aria-pressed=false]{opacity:.45;text-decoration:line-through}
.mark{flex:none;vertical-align:-1px}
.mark .line,.plot .line{stroke:var(--c);stroke-width:2;fill:none}
.mark .dot,.plot .dot{fill:var(--c);stroke:none}
.key svg path{stroke:var(--floor);stroke-width:1.5;stroke-dasharray:5 3}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:14px;margin-top:10px}
.plot{margin:0;background:var(--panel);border:1px solid var(--rule);border-radius:10px;padding:12px 14px 8px;break-inside:avoid}
.plot.large{grid-column:span 2;grid-row:span 2}
.plot.narrow{display:none}
.plots.four{grid-template-columns:repeat(auto-fill,minmax(min(100%,262px),1fr))}
.plot figcaption{font-size:.95rem;margin-bottom:2px}
.plot .unit{color:var(--soft);font-size:.85rem}
.plot p{font-size:.82rem;line-height:1.4;margin:.1em 0 .5em}
.plot svg{display:block;width:100%;height:auto;overflow:visible;touch-action:pan-y}
.plot text{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}
.plot .arm text{fill:color-mix(in srgb,var(--c) 75%,var(--ink));font-weight:600;font-size:12px}
.plot .axis path,.plot .frame{stroke:var(--rule);fill:none}
.plot .grid path{stroke:var(--grid);fill:none}
.plot .line{stroke-linejoin:round;stroke-linecap:round}
.plot .theory{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-dasharray:7 3 1.5 3;opacity:.85}
.differs{color:#b3261e}
.verdict.met{color:var(--good)}.verdict.missed{color:var(--bad)}.verdict.open{color:var(--soft);font-weight:400}
.claims tbody th{white-space:normal;min-width:11em}.claims th[rowspan],.claims td[rowspan]{border-right:1px solid var(--grid)}
.plot .raw{stroke:var(--c);stroke-width:1;fill:none;opacity:.4}
.plot .context{stroke:var(--soft);stroke-width:1;fill:none;opacity:.28}
.plot .line.dashed{stroke-width:1.5;stroke-dasharray:5 4;opacity:.8}
.plot .seed{stroke:var(--c);stroke-width:1;fill:none;opacity:.32}
.plot .band{fill:var(--c);opacity:.13}
.plot .dot{stroke:var(--panel);stroke-width:1}
.plot .end path{stroke:var(--c);opacity:.5;fill:none}
.plot .floor path{stroke:var(--floor);stroke-width:1.4;stroke-dasharray:6 4}
.plot .floor rect{fill:var(--floor);opacity:.11}
.plot .floor text{paint-order:stroke;stroke:var(--panel);stroke-width:3px}
.plot .cursor{stroke:var(--ink);stroke-width:1;opacity:.5;pointer-events:none}
.four .arm text{font-size:11px}
.plot .zero{stroke:var(--floor);stroke-width:1.4;stroke-dasharray:5 3;fill:none}
.stage{background:var(--s)}
.bars>div{display:grid;grid-template-columns:7em 1fr 6em;gap:2px 12px;align-items:center;font-size:.88rem;padding:4px 0}
.bars>div>b{font-weight:600}.bars>div>span:first-of-type{display:flex}
.bars i{height:20px;border-right:1px solid var(--panel)}
.bars figcaption{margin-bottom:8px}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:.85rem;color:var(--soft)}
.legend span{display:inline-flex;align-items:center;gap:6px}
.legend i{width:12px;height:12px;border-radius:3px}
#tip{position:absolute;z-index:9;pointer-events:none;background:var(--panel);border:1px solid var(--rule);border-radius:8px;box-shadow:0 6px 20px #0003;padding:7px 10px;font-size:.82rem;display:grid;grid-template-columns:auto 1fr auto;gap:1px 8px;align-items:center}
#tip[hidden]{display:none}
#tip .head{grid-column:1/-1;color:var(--soft)}
#tip .number{text-align:right;font-variant-numeric:tabular-nums}
#tip .swatch{width:14px;height:3px;border-radius:2px;background:var(--c)}
#tip .swatch.floor{background:var(--floor)}
.table{overflow-x:auto;background:var(--panel);border:1px solid var(--rule);border-radius:10px;margin:10px 0}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:7px 12px;text-align:right;border-bottom:1px solid var(--grid);vertical-align:top;white-space:nowrap}
tr:last-child>*{border-bottom:0}
th:first-child,td:first-child,td.text,th.text{text-align:left}
thead th{color:var(--soft);font-weight:600;border-bottom:1px solid var(--rule)}
tbody th{font-weight:600}
td.text{white-space:normal;min-width:12em}
td small,th small{display:block;font-weight:400;line-height:1.35}
.results tbody th{position:sticky;left:0;background:var(--panel)}
.results td small{font-size:.76rem}
.results small span{display:block}
.results th,.results td{padding:6px 10px}
td.floor-cell{background:color-mix(in srgb,var(--floor) 8%,transparent)}
td .better{color:var(--good)}td .worse{color:var(--bad)}
tr[data-motion]{cursor:pointer}
tr[data-motion]:hover>*,tr[data-motion][aria-pressed=true]>*{background:color-mix(in srgb,var(--focus) 12%,transparent)}
button.link{font:inherit;color:var(--focus);background:none;border:0;padding:0;text-align:left;cursor:pointer}
details{margin:10px 0}
summary{cursor:pointer;color:var(--soft)}
dl.config{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:0 28px;margin:8px 0;background:var(--panel);border:1px solid var(--rule);border-radius:10px;padding:10px 16px;font-size:.88rem}
dl.config div{display:flex;justify-content:space-between;gap:16px;border-bottom:1px solid var(--grid);padding:4px 0}
dl.config dt{color:var(--soft)}dl.config dd{margin:0;text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.groups{display:grid;gap:10px}
.group{display:grid;grid-template-columns:128px 1fr;gap:10px;align-items:center}
.group.single{grid-template-columns:1fr}.group.single div{grid-template-columns:repeat(auto-fill,minmax(min(100%,150px),1fr))}
.group h3{margin:0;display:flex;gap:8px;align-items:center;font-size:.92rem;color:color-mix(in srgb,var(--c) 75%,var(--ink));overflow-wrap:anywhere}
.group div{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:8px}
.choice{display:flex;flex-direction:column;font:inherit;text-align:left;color:inherit;background:var(--panel);border:1px solid var(--rule);border-radius:9px;padding:5px 9px 7px;cursor:pointer;min-width:0}
.choice[aria-pressed=true]{border-color:var(--c);box-shadow:0 0 0 1px var(--c)}
.choice span{display:block;font-size:.84rem;line-height:1.3;overflow-wrap:anywhere}
.choice small{display:block;font-size:.76rem;line-height:1.3}
.strip{display:block;width:100%;height:auto}
.strip .bones{stroke:var(--c);stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round;fill:none}
.strip .head{fill:var(--c)}
.strip .ground{stroke:var(--rule)}
#viewer,#compare{background:var(--panel);border:1px solid var(--rule);border-radius:12px;overflow:hidden;margin:12px 0 16px;scroll-margin-top:60px}
.chosen{padding:10px 16px 8px;display:flex;flex-wrap:wrap;gap:0 12px;align-items:baseline}
.chosen b{color:color-mix(in srgb,var(--c) 75%,var(--ink))}
.stage-view{position:relative}
#viewer .stage-view,#compare .stage-view{height:min(56vw,480px);min-height:300px;background:var(--stage)}
#compare .stage-view{height:min(46vw,400px)}
#compare{--c:var(--focus);--slots:1}
#compare .stage-view::after{content:"";position:absolute;inset:0;pointer-events:none;background:repeating-linear-gradient(90deg,transparent 0 calc(100%/var(--slots) - 1px),var(--rule) 0 calc(100%/var(--slots)))}
.prompt-choice{display:flex;flex-wrap:wrap;gap:6px;padding:10px 14px}
.prompt-choice button{font:inherit;font-size:.88rem;color:inherit;background:var(--page);border:1px solid var(--rule);border-radius:999px;padding:3px 12px;cursor:pointer;overflow-wrap:anywhere}
.prompt-choice button[aria-pressed=true]{background:var(--ink);color:var(--panel);border-color:var(--ink)}
.slots{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);border-top:1px solid var(--rule)}
.slot{padding:6px 8px;border-right:1px solid var(--rule);border-top:3px solid var(--c);min-width:0}
.slot:last-child{border-right:0}
.slot select{display:block;width:100%;font:inherit;font-size:.82rem;color:inherit;background:var(--page);border:1px solid var(--rule);border-radius:6px;padding:2px 4px;margin-bottom:3px}
.slot small{display:block;font-size:.76rem;min-height:1.3em}
#viewer .stage-view canvas,#compare .stage-view canvas{display:block;width:100%;height:100%;touch-action:pan-y;cursor:grab}
#viewer .stage-view canvas:active,#compare .stage-view canvas:active{cursor:grabbing}
.tags{position:absolute;inset:10px 0 auto;display:flex;pointer-events:none;font-size:.8rem;font-weight:600}
.tags[hidden]{display:none}
.tags span{flex:1;text-align:center}
.tags .was{color:var(--before)}.tags .now{color:color-mix(in srgb,var(--c) 75%,var(--ink))}
[data-layout=after] .tags .was{display:none}
[data-layout=over] .tags{justify-content:center;gap:2em}[data-layout=over] .tags span{flex:none}
[data-layout=side] .stage-view::after{content:"";position:absolute;inset:0 auto 0 50%;pointer-events:none;border-left:1px solid var(--rule)}
.viewer-message{margin:0;padding:6px 16px;font-size:.84rem;color:var(--soft);max-width:none}
.strip-box{padding:8px 12px 0}
.timeline{display:block;touch-action:pan-y;cursor:pointer;width:100%;height:66px}
.scrub{display:block;width:100%;height:20px;margin:0;appearance:none;background:none;cursor:pointer}
.scrub::-webkit-slider-runnable-track{height:4px;border-radius:2px;background:var(--rule)}
.scrub::-moz-range-track{height:4px;border-radius:2px;background:var(--rule)}
.scrub::-webkit-slider-thumb{appearance:none;width:16px;height:16px;margin-top:-6px;border-radius:50%;background:var(--c)}
.scrub::-moz-range-thumb{width:16px;height:16px;border:0;border-radius:50%;background:var(--c)}
.strip-key{display:flex;flex-wrap:wrap;gap:0 16px;font-size:.76rem;color:var(--soft);padding:2px 8px 0}
.controls{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;padding:8px 14px 12px;font-size:.88rem}
.controls button,.controls select{font:inherit;color:inherit;background:var(--page);border:1px solid var(--rule);border-radius:8px;padding:4px 11px;cursor:pointer}
.controls .play{width:44px;height:34px;padding:0;background:var(--c);border-color:var(--c);display:grid;place-items:center}
#compare .play::before{border-left-color:var(--panel)}#compare .play.on::before{border-color:var(--panel)}
.play::before{content:"";border:solid transparent;border-width:7px 0 7px 12px;border-left-color:#fff;margin-left:3px}
.play.on::before{border-width:0 4px;border-color:#fff;border-style:solid;width:4px;height:14px;box-sizing:content-box;margin:0}
.layouts{display:inline-flex}.layouts[hidden]{display:none}
.layouts button{border-radius:0;margin-left:-1px}
.layouts button:first-child{border-radius:8px 0 0 8px;margin:0}.layouts button:last-child{border-radius:0 8px 8px 0}
.layouts button[aria-pressed=true]{background:var(--ink);color:var(--panel);border-color:var(--ink)}
.time{font-variant-numeric:tabular-nums;color:var(--soft);min-width:13.5em}
.hint{font-size:.78rem;color:var(--soft);padding:0 16px 10px;margin:0;max-width:none}
footer{margin-top:3em;font-size:.8rem;color:var(--soft)}
noscript p{padding:6px 16px}
@media (max-width:640px){
main{padding:22px 14px 40px}
.group{grid-template-columns:1fr}
.group div{gap:6px}
.group.single div{grid-template-columns:repeat(auto-fill,minmax(100px,1fr))}
.choice{padding:3px 6px 5px}.choice span{font-size:.78rem}
#viewer .stage-view,#compare .stage-view{height:78vw}
.time{min-width:0}
.arms{flex-wrap:nowrap;overflow-x:auto;margin:0 -14px;padding:8px 14px}
.arms>*{flex:none}
.plot{padding:10px 8px 6px}
.plot.large{display:none}.plot.narrow{display:block}
.bars>div{grid-template-columns:1fr auto}.bars>div>span:first-of-type{grid-column:1/-1;grid-row:2}
}
@media print{
:root{--page:#fff}
@page{margin:14mm}
body{font-size:10pt}table{font-size:6.8pt}.results td small,td small,th small{font-size:6pt}th,td,.results th,.results td{padding:3px 4px}
.arms button{border:0;padding:0 8px 0 0}
main{max-width:none;padding:0}
.arms{position:static}
#viewer,#compare,#tip,.hint{display:none}
.plots,.plots.four{grid-template-columns:repeat(2,1fr)}
.plot.large{grid-row:auto}
.table,.plot,.group,dl.config{break-inside:avoid}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
