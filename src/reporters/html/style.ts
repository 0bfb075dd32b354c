/** The looks of the page: light and dark by the reader's choice, and never by colour alone. */
export const STYLE = `
:root{color-scheme:light dark;--paper:light-dark(#fff,#0d1117);--raised:light-dark(#f6f8fa,#161b22);--ink:light-dark(#1f2328,#e6edf3);
--dim:light-dark(#59636e,#9198a1);--line:light-dark(#d1d9e0,#3d444d);--good:light-dark(#1a7f37,#3fb950);--bad:light-dark(#cf222e,#f85149);
--again:light-dark(#9a6700,#d29922);--server:light-dark(#0969da,#58a6ff);--mark:light-dark(#fff8c5,#3b2e00);--row:24px;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK KR",monospace}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,"Noto Sans CJK KR",sans-serif;display:flex;flex-direction:column;height:100vh;height:100dvh}
header,.bar{padding:8px 16px;border-bottom:1px solid var(--line);display:flex;gap:6px 12px;align-items:center;flex-wrap:wrap;flex:none}
h1{font-size:16px;margin:0}h2{font-size:13px;margin:16px 0 6px;color:var(--dim)}
button,select,input{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:3px 8px;max-width:100%}
button{cursor:pointer}button[aria-pressed=true]{border-color:var(--server);box-shadow:inset 0 0 0 1px var(--server);font-weight:600}
.group{display:flex;gap:4px}
:lang(ko){word-break:keep-all;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--server);outline-offset:1px}.scroll:focus-visible,aside:focus-visible{outline-offset:-2px}
main{flex:1;display:grid;grid-template-columns:minmax(0,1fr) 400px;min-height:0}
.flow{display:flex;flex-direction:column;min-width:0;min-height:0}.heads,.rows{font:12px var(--mono)}
.heads{position:relative;height:30px;border-bottom:1px solid var(--line);overflow:hidden;flex:none}
.heads span{position:absolute;top:6px;transform:translateX(-50%);font-weight:700;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.heads .server{color:var(--server)}.scroll{overflow:auto;flex:1;position:relative}.rows{position:relative;overflow:hidden;min-width:100%}
.lives{position:absolute;inset:0}.life{position:absolute;top:0;height:100%;width:1px;background:var(--line)}.life.server{width:3px;margin-left:-1px;background:var(--server)}
.row{position:absolute;left:0;min-width:100%;height:var(--row);line-height:var(--row);white-space:nowrap;cursor:pointer}.row svg{position:absolute;left:0;top:0;overflow:visible}
.row:hover{background:color-mix(in srgb,var(--ink) 6%,transparent)}.row[aria-selected=true]{background:color-mix(in srgb,var(--again) 22%,transparent)}
.row[aria-selected=true]::before{content:"";position:absolute;left:0;top:0;bottom:0;width:4px;background:var(--again)}
.time{position:absolute;left:0;width:74px;text-align:right;color:var(--dim)}
.say{position:absolute;top:0;height:18px;line-height:20px;background:var(--paper);padding:0 3px;overflow:hidden;text-overflow:ellipsis}
.mark .say{height:var(--row);line-height:var(--row);margin-top:0}
.row[aria-selected=true] .say{background:var(--mark)}.row.step .say,.row.check .say{left:8px;height:var(--row);line-height:var(--row);padding-right:8px}.row.step .say{font-weight:700}
.list .row{width:100%;display:flex;gap:10px;padding-right:8px}.list .time{position:static;flex:none}.list .step .time,.list .check .time{display:none}
.list .step,.list .check{padding-left:8px}.list .way{color:var(--server);flex:none;max-width:40%;overflow:hidden;text-overflow:ellipsis}.list .said{overflow:hidden;text-overflow:ellipsis}.list .step .said{font-weight:700}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:700}.again{color:var(--again);font-weight:700}
.arrow{stroke:currentColor;fill:none}.arrow.bad{stroke-dasharray:5 3}.tip{fill:currentColor}
aside{border-left:1px solid var(--line);overflow:auto;padding:4px 16px 24px;background:var(--raised)}
aside pre{white-space:pre-wrap;overflow-wrap:anywhere;font:12px var(--mono);background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:8px;margin:4px 0}
aside p{margin:6px 0;overflow-wrap:anywhere}summary{cursor:pointer;overflow-wrap:anywhere;padding:2px 0}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px}td,th{padding:2px 10px 2px 0;text-align:left;vertical-align:top}th{font-weight:600;white-space:nowrap}td.n{text-align:right;white-space:nowrap}
.here td{background:var(--mark)}ul{margin:0;padding-left:18px}.checks{list-style:none;padding-left:0}.checks li{padding-left:18px;text-indent:-18px}
.chart{width:100%;height:90px;background:var(--paper);border:1px solid var(--line);border-radius:6px}.chart rect{fill:var(--server)}
.dots{stroke:var(--server);stroke-width:5px;stroke-linecap:round;vector-effect:non-scaling-stroke;fill:none}
.net{width:100%;max-width:480px}.net text{font:12px system-ui,"Noto Sans CJK KR",sans-serif;fill:var(--ink)}.net line{stroke:var(--dim)}.net circle{fill:var(--raised);stroke:var(--dim)}.net circle.server{stroke:var(--server);stroke-width:3}
.net .count{paint-order:stroke;stroke:var(--raised);stroke-width:4px}
.badge{border-radius:10px;padding:1px 10px;border:1px solid currentColor;font-weight:600}.dim{color:var(--dim)}.empty{padding:24px}
.source.live::before{content:"● ";color:var(--good)}.source.lost{color:var(--bad)}.source:empty,.keys:empty{display:none}
@media (max-width:900px){main{grid-template-columns:minmax(0,1fr);grid-template-rows:minmax(0,3fr) minmax(0,2fr)}aside{border-left:0;border-top:1px solid var(--line)}.keys{display:none}}
@media (max-width:700px){header,.bar{padding:6px 10px;gap:6px;max-height:30vh;overflow-y:auto}input[type=search]{flex:1;min-width:120px}.time{width:56px}}
`;
