"""How a page looks: on a screen, light or dark, and on paper."""

from __future__ import annotations

STYLESHEET = """
:root {
  --ground: #f6f7f9; --card: #fff; --ink: #17202b; --soft: #56616f; --line: #d8dde4;
  --way: #17202b; --good: #1f7a45; --bad: #b3261e;
  --data: #1d5f9e; --data-fill: #e3effb; --job: #8a5a00; --job-fill: #fbf0da;
  --model: #6b3fa0; --model-fill: #f1e8fb; --report: #22703f; --report-fill: #e2f4e8;
  --night: #56606d; --night-fill: #eceff3;
}
@media (prefers-color-scheme: dark) { :root {
  --ground: #11161c; --card: #1a2129; --ink: #e8edf3; --soft: #a3aebb; --line: #323c48;
  --way: #e8edf3; --good: #6fd39a; --bad: #ff8f86;
  --data: #7db8f0; --data-fill: #17314b; --job: #e5b455; --job-fill: #3a2c10;
  --model: #c39af0; --model-fill: #2f2142; --report: #79cf98; --report-fill: #163423;
  --night: #aab4c0; --night-fill: #2a323c;
} }
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 92rem; padding: 2.5rem 2rem; background: var(--ground);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 2rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.05rem; }
h4 { margin: 1rem 0 .25rem; font-size: .85rem; color: var(--soft); }
.kicker { margin: 0; color: var(--soft); }
.badges { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 1.5rem; }
.badge {
  padding: .1rem .7rem; border: 1px solid var(--soft); border-radius: 1rem; font-size: .85rem;
}
.badge.passed, .badge.completed { border-color: var(--good); color: var(--good); }
.badge.rejected, .badge.failed, .badge.rolledback { border-color: var(--bad); color: var(--bad); }
.panels { display: grid; gap: 1rem; grid-template-columns: 1.4fr 1fr; }
.panel:first-child { grid-row: span 2; }
.panel, .card, .canvas {
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1rem 1.25rem;
}
.panel h2 { margin: 0 0 .75rem; font-size: .95rem; }
.canvas { overflow-x: auto; }
.graph { display: block; width: 100%; }
.chart { display: block; width: 100%; max-width: 30rem; overflow: visible; }
text { fill: var(--ink); text-anchor: middle; font-family: system-ui, sans-serif; }
.name { font-size: 13px; font-weight: 600; }
.caption { font-size: 11px; fill: var(--soft); }
.box { fill: var(--card); stroke: var(--line); stroke-width: 1.5; }
.node:hover .box, .node:focus .box { stroke-width: 3.5; }
.node:focus { outline: none; }
.data .box { fill: var(--data-fill); stroke: var(--data); }
.job .box, .deployment .box { fill: var(--job-fill); stroke: var(--job); }
.model .box, .package .box { fill: var(--model-fill); stroke: var(--model); }
.package .box { stroke-width: 3; }
.report .box, .endpoint .box { fill: var(--report-fill); stroke: var(--report); }
.night .box { fill: var(--night-fill); stroke: var(--night); }
.arrow { fill: none; stroke: var(--soft); stroke-width: 1.5; opacity: .7; }
.arrow-head { fill: var(--soft); }
.arrow.on-path { stroke: var(--way); stroke-width: 2.5; opacity: 1; }
.arrow-head.on-path { fill: var(--way); }
.legend { margin: .5rem 0 0; font-size: .85rem; color: var(--soft); }
.stroke {
  display: inline-block; width: 2rem; margin-right: .5rem; vertical-align: middle;
  border-top: 3px solid var(--way);
}
.label { font-size: 12px; fill: var(--soft); }
.label.strong { font-size: 15px; font-weight: 700; fill: var(--ink); }
.label.start { text-anchor: start; }
.label.end { text-anchor: end; }
.axis { stroke: var(--line); stroke-width: 2; }
.interval { fill: var(--model); opacity: .35; }
.estimate { fill: var(--model); }
.threshold { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 4 3; }
.window { fill: var(--data); }
.window.read { fill: var(--soft); opacity: .5; }
.window.holdout { fill: var(--report); }
.window.validation { fill: var(--model); }
.path { margin: 0; padding-left: 1.5rem; }
.path li { margin: .25rem 0; }
.path a { display: inline-block; width: 9rem; }
.path code { display: inline-block; max-width: calc(100% - 10rem); vertical-align: top; }
a { color: inherit; }
code { font: .85em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td {
  padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: break-word;
}
th { color: var(--soft); font-weight: 400; }
tr:last-child td { border-bottom: 0; }
dl { margin: 0; }
dl div { display: grid; grid-template-columns: 8.5rem 1fr; gap: .75rem; padding: .15rem 0; }
dt { color: var(--soft); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
.cards { columns: 28rem; column-gap: 1rem; }
.card { border-left-width: .4rem; break-inside: avoid; margin: 0 0 1rem; }
.card h3 { display: flex; justify-content: space-between; gap: 1rem; margin: 0 0 .5rem; }
.card small { color: var(--soft); font-weight: 400; text-align: right; overflow-wrap: anywhere; }
.card.data { border-left-color: var(--data); }
.card.job, .card.deployment { border-left-color: var(--job); }
.card.model, .card.package { border-left-color: var(--model); }
.card.report, .card.endpoint { border-left-color: var(--report); }
.card.night { border-left-color: var(--night); }
.card:target { outline: 3px solid var(--way); outline-offset: 2px; }
.record { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
@media (max-width: 60rem) { .panels { grid-template-columns: 1fr; } }
@media (max-width: 36rem) {
  body { padding: 1.5rem 1rem; }
  .cards { columns: auto; }
  dl div { grid-template-columns: 1fr; gap: 0; }
}
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  :root {
    --ground: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --way: #000;
    --good: #1f7a45; --bad: #b3261e; --data: #1d5f9e; --data-fill: #e3effb; --job: #8a5a00;
    --job-fill: #fbf0da; --model: #6b3fa0; --model-fill: #f1e8fb; --report: #22703f;
    --report-fill: #e2f4e8; --night: #56606d; --night-fill: #eceff3;
  }
  * { print-color-adjust: exact; }
  body { padding: 0; max-width: none; font-size: 9pt; }
  .graph { min-width: 0 !important; }
  .panel, .canvas { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""
